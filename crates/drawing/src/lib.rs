//! ECharts inside QuickJS: a chart option to SVG, on threads of its own.
