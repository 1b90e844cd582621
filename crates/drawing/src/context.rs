//! One JavaScript context with the chart bundle in it.

use crate::{DrawingError, Limits};
use rquickjs::{CatchResultExt, CaughtError, Function, Object, Runtime};
use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// What the bundle needs of a browser: timers that never fire (nothing is animated).
const PRELUDE: &str = "globalThis.setTimeout = () => 0; globalThis.clearTimeout = () => {};";

/// Loading the bundle may take longer than a drawing on a busy machine.
const LOADING: Duration = Duration::from_secs(20);

/// A context; not shared between threads.
pub(crate) struct Context {
    context: rquickjs::Context,
    deadline: Rc<Cell<Option<Instant>>>,
    limits: Limits,
}

impl Context {
    /// Loads the bundle.
    pub(crate) fn new(bundle: &str, limits: Limits) -> Result<Self, DrawingError> {
        let broken = |reason: String| DrawingError::Bundle { reason };
        let runtime = Runtime::new().map_err(|error| broken(error.to_string()))?;
        runtime.set_memory_limit(limits.memory);
        // Rust's frames live on the same 8 MB stack of the thread.
        runtime.set_max_stack_size(4 << 20);
        let deadline = Rc::new(Cell::new(Some(Instant::now() + LOADING)));
        let watched = Rc::clone(&deadline);
        runtime.set_interrupt_handler(Some(Box::new(move || watched.get().is_some_and(|end| Instant::now() >= end))));
        let context = rquickjs::Context::full(&runtime).map_err(|error| broken(error.to_string()))?;
        context
            .with(|js| {
                js.eval::<(), _>(PRELUDE).catch(&js).map_err(|error| error.to_string())?;
                js.eval::<(), _>(bundle).catch(&js).map_err(|error| error.to_string())?;
                let charts: Object<'_> =
                    js.globals().get("AisleCharts").catch(&js).map_err(|error| error.to_string())?;
                charts.get::<_, Function<'_>>("renderToSvg").catch(&js).map_err(|error| error.to_string())?;
                Ok(())
            })
            .map_err(broken)?;
        deadline.set(None);
        Ok(Self { context, deadline, limits })
    }

    /// Draws an option; the raw SVG of the bundle.
    pub(crate) fn svg(&mut self, option_json: &str, width: u32, height: u32) -> Result<String, DrawingError> {
        let began = Instant::now();
        self.deadline.set(Some(began + self.limits.time));
        let drawn = self.context.with(|js| {
            let charts: Object<'_> = js.globals().get("AisleCharts").catch(&js).map_err(|error| error.to_string())?;
            let render: Function<'_> = charts.get("renderToSvg").catch(&js).map_err(|error| error.to_string())?;
            render.call::<_, String>((option_json, width, height)).catch(&js).map_err(|error| match &error {
                // Where not even the exception could be made, QuickJS throws null.
                CaughtError::Value(thrown) if thrown.is_null() => "out of memory".to_owned(),
                _ => error.to_string(),
            })
        });
        self.deadline.set(None);
        match drawn {
            Ok(svg) if svg.starts_with("<svg") => Ok(svg),
            Ok(other) => {
                Err(DrawingError::Option { reason: format!("{:?} is not an SVG", other.get(..40).unwrap_or(&other)) })
            }
            Err(_) if began.elapsed() >= self.limits.time => {
                Err(DrawingError::TimedOut { millis: self.limits.time.as_millis() as u64 })
            }
            Err(reason) if reason.contains("out of memory") => {
                Err(DrawingError::OutOfMemory { bytes: self.limits.memory })
            }
            Err(reason) => Err(DrawingError::Option { reason }),
        }
    }
}
