// The charts of Aisle: the parts of ECharts that aisle-charts uses, and a small binding. One file for both sides: in the
// browser it mounts charts, in QuickJS (no DOM) it draws them as text. See README.md beside it.
import * as echarts from "echarts/core";
import { BarChart, LineChart } from "echarts/charts";
import {
  DataZoomInsideComponent, DataZoomSliderComponent, GridComponent, LegendPlainComponent, MarkLineComponent, TooltipComponent,
} from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
import { named, tooltipRows } from "./formats.js";
import { measure } from "./text.js";

echarts.use([
  BarChart, LineChart, DataZoomInsideComponent, DataZoomSliderComponent, GridComponent, LegendPlainComponent,
  MarkLineComponent, TooltipComponent, SVGRenderer,
]);

// Both sides measure text by the same table: the layout is the same, so nothing jumps when a page becomes interactive.
echarts.setPlatformAPI({ measureText: measure });

const FONT = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif';
const THEME = "aisle";
echarts.registerTheme(THEME, { textStyle: { fontFamily: FONT } });

const mounted = new Map();
let last = 0;

// Draws a chart into an element and keeps it as wide as that. Answers a handle.
function mount(element, optionJson) {
  element.replaceChildren();
  const chart = echarts.init(element, THEME, { renderer: "svg" });
  const held = { chart, optionJson };
  chart.setOption(resolved(optionJson, chart.getWidth()));
  // Whatever the page says of SVGs, this one fills its place.
  const drawn = element.querySelector("svg");
  if (drawn) Object.assign(drawn.style, { width: "100%", height: "100%" });
  held.watcher = new ResizeObserver(() => {
    if (chart.isDisposed()) return;
    const { clientWidth: width, clientHeight: height } = element;
    // The first report only tells the size that the chart was just drawn at.
    if (width === 0 || height === 0 || (width === chart.getWidth() && height === chart.getHeight())) return;
    chart.resize();
    draw(held);
  });
  held.watcher.observe(element);
  last += 1;
  mounted.set(last, held);
  return last;
}

// Other numbers in the same chart: pairs of a series' id (or name) and its values. The part that the user zoomed into stays.
function values(handle, series) {
  const held = mounted.get(handle);
  if (!held) return;
  const option = JSON.parse(held.optionJson);
  const given = new Map(series);
  for (const part of [option.series ?? []].flat()) part.data = given.get(part.id ?? part.name) ?? part.data;
  held.optionJson = JSON.stringify(option);
  draw(held);
}

function draw({ chart, optionJson }) {
  const option = resolved(optionJson, chart.getWidth());
  const { dataZoom: zoom, legend } = chart.getOption() ?? {};
  option.dataZoom?.forEach((part, at) => {
    if (zoom?.[at]) Object.assign(part, { start: zoom[at].start, end: zoom[at].end });
  });
  if (option.legend && legend?.[0]?.selected) option.legend.selected = legend[0].selected;
  chart.setOption(option, { notMerge: true });
}

// Forgets a chart. Unknown handles do nothing.
function dispose(handle) {
  const held = mounted.get(handle);
  if (!held) return;
  mounted.delete(handle);
  held.watcher.disconnect();
  held.chart.dispose();
}

// Draws without a browser.
function renderToSvg(optionJson, width, height) {
  const chart = echarts.init(null, THEME, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption(resolved(optionJson, width));
    return chart.renderToSVGString({ useViewBox: true });
  } finally {
    chart.dispose();
  }
}

// The option with the bundle's formats and house rules in it. An option is data: it never carries code.
function resolved(optionJson, width) {
  const option = JSON.parse(optionJson);
  delete option.aria;
  hideEmpty(option);
  fit(option, width);
  const tooltip = option.tooltip;
  if (tooltip) {
    const rows = tooltip.formatter;
    if (typeof rows === "string" && rows.startsWith("@rows")) tooltip.formatter = tooltipRows(named(rows.slice(5)));
    Object.assign(tooltip, {
      confine: true,
      transitionDuration: 0,
      extraCssText: "color:inherit;box-shadow:0 4px 16px rgb(0 0 0/14%);border-radius:8px;font-size:12px;line-height:1.5",
    });
  }
  for (const axis of [option.xAxis, option.yAxis].flat()) {
    if (axis?.axisLabel) axis.axisLabel.formatter = named(axis.axisLabel.formatter);
    if (axis?.axisLabel) axis.axisLabel.hideOverlap = true;
  }
  for (const series of [option.series ?? []].flat()) {
    series.emphasis = { disabled: true };
    if (series.label) {
      const format = named(series.label.formatter);
      series.label.formatter = typeof format === "function" ? (point) => (point.value == null ? "" : format(point.value)) : format;
    }
    if (series.type === "line" && series.markLine) series.markLine.animation = false;
  }
  for (const zoom of [option.dataZoom ?? []].flat()) {
    if (zoom.type === "inside") {
      // The wheel alone scrolls the page.
      Object.assign(zoom, { zoomOnMouseWheel: "ctrl", moveOnMouseMove: true, preventDefaultMouseMove: false });
    } else {
      const line = zoom.borderColor;
      const text = zoom.textStyle?.color;
      const shadow = { lineStyle: { color: text, width: 1, opacity: 0.5 }, areaStyle: { color: text, opacity: 0.15 } };
      const handle = { color: text, borderColor: text };
      Object.assign(zoom, {
        height: 26,
        showDetail: false,
        backgroundColor: "transparent",
        dataBackground: shadow,
        selectedDataBackground: shadow,
        fillerColor: `color-mix(in srgb, ${line} 55%, transparent)`,
        handleStyle: handle,
        moveHandleStyle: { color: line },
        emphasis: { handleStyle: handle, moveHandleStyle: { color: text } },
        brushStyle: { color: text, opacity: 0.25 },
      });
    }
  }
  return option;
}

// A legend names what is drawn: no series of gaps only.
function hideEmpty({ legend, series }) {
  if (!legend?.data) return;
  const empty = ({ data }) => Array.isArray(data) && data.every((value) => value == null || value === "-");
  const names = new Set([series ?? []].flat().filter(empty).map(({ name }) => name));
  legend.data = legend.data.filter((entry) => !names.has(entry.name ?? entry));
}

// Makes room on narrow places: a legend of several rows pushes the plot down, and marks lose their names (the table has
// them).
function fit(option, width) {
  const { legend, grid } = option;
  const plot = [grid].flat()[0];
  if (legend && plot) {
    let rows = 1;
    let used = 0;
    for (const entry of legend.data ?? []) {
      const wide = legend.itemWidth + 5 + measure(entry.name ?? entry, "12px").width;
      if (used > 0 && used + wide > width) { rows += 1; used = 0; }
      used += wide + legend.itemGap;
    }
    plot.top += (rows - 1) * 31;
  }
  if (width >= 640) return;
  for (const series of [option.series ?? []].flat()) {
    for (const mark of series.markLine?.data ?? []) if (mark.label) mark.label.show = false;
  }
}

globalThis.AisleCharts = { mount, values, dispose, renderToSvg, version: echarts.version };
