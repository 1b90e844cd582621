//! What can go wrong while drawing.

/// Why there is no drawing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DrawingError {
    /// No thread could be started.
    #[error("a drawing thread could not be started: {reason}")]
    Thread {
        /// The system's words.
        reason: String,
    },
    /// The bundle does not run, or is not the chart bundle.
    #[error("the chart bundle does not run: {reason}; build it again with `npm run build` in frontend/")]
    Bundle {
        /// What JavaScript said.
        reason: String,
    },
    /// The width or the height is outside of 16 to 4,096 pixels.
    #[error("a drawing of {width} x {height} pixels was asked for; each side must be between 16 and 4,096")]
    Size {
        /// Width, CSS pixels.
        width: u32,
        /// Height, CSS pixels.
        height: u32,
    },
    /// The option is larger than is drawn.
    #[error("the chart option has {bytes} bytes; at most {limit} are drawn: thin the data out")]
    TooLarge {
        /// Size found.
        bytes: usize,
        /// Size allowed.
        limit: usize,
    },
    /// It took too long.
    #[error("the chart was not drawn within {millis} ms")]
    TimedOut {
        /// The limit.
        millis: u64,
    },
    /// It needed too much memory.
    #[error("the chart needed more than {bytes} bytes of memory")]
    OutOfMemory {
        /// The limit.
        bytes: usize,
    },
    /// The option is not one that can be drawn.
    #[error("the chart option cannot be drawn: {reason}")]
    Option {
        /// What JavaScript said.
        reason: String,
    },
    /// Too many drawings are waiting.
    #[error("too many charts are waiting to be drawn; try again later")]
    Busy,
    /// The drawing threads have ended.
    #[error("the drawing threads have ended")]
    Stopped,
}
