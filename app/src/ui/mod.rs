//! Primitives of the dashboard on semantic HTML.
