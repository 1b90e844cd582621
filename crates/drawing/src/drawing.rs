//! The public face: asks the cache, then a drawing thread.

use crate::cache::{Cache, Key};
use crate::context::Context;
use crate::{DrawingError, dress::dress};
use sha2::{Digest, Sha256};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// What a drawing may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Memory of one context, in bytes; the bundle alone takes about 10 MB.
    pub memory: usize,
    /// Time of one drawing.
    pub time: Duration,
    /// Size of an option, in bytes.
    pub option: usize,
    /// Drawings waiting for a thread.
    pub waiting: usize,
    /// Bytes of drawings kept.
    pub kept: usize,
}

impl Default for Limits {
    /// 128 MB, 5 s, 2 MB, 256 drawings, 32 MB.
    fn default() -> Self {
        Self { memory: 128 << 20, time: Duration::from_secs(5), option: 2 << 20, waiting: 256, kept: 32 << 20 }
    }
}

/// Draws charts. Cheap to clone; the threads end with the last clone.
#[derive(Clone)]
pub struct Drawing {
    shared: Arc<Shared>,
}

struct Shared {
    limits: Limits,
    cache: Mutex<Cache>,
    queue: SyncSender<Request>,
}

struct Request {
    option_json: String,
    width: u32,
    height: u32,
    answer: oneshot::Sender<Result<Drawn, DrawingError>>,
}

/// What comes back from a thread: the raw SVG.
type Drawn = String;

impl Drawing {
    /// Starts the threads (at least one) with the default limits. Contexts are made in the background.
    ///
    /// # Errors
    /// [`DrawingError::Thread`] where the system gives no thread.
    pub fn start(bundle_js: String, threads: usize) -> Result<Self, DrawingError> {
        Self::with_limits(bundle_js, threads, Limits::default())
    }

    /// The same, with limits.
    ///
    /// # Errors
    /// [`DrawingError::Thread`] where the system gives no thread.
    pub fn with_limits(bundle_js: String, threads: usize, limits: Limits) -> Result<Self, DrawingError> {
        let bundle: Arc<str> = bundle_js.into();
        let (queue, requests) = sync_channel(limits.waiting.max(1));
        let requests = Arc::new(Mutex::new(requests));
        for number in 0..threads.max(1) {
            let (bundle, requests) = (Arc::clone(&bundle), Arc::clone(&requests));
            std::thread::Builder::new()
                .name(format!("drawing-{number}"))
                .stack_size(8 << 20)
                .spawn(move || serve(&bundle, limits, &requests))
                .map_err(|error| DrawingError::Thread { reason: error.to_string() })?;
        }
        let cache = Mutex::new(Cache::new(limits.kept));
        Ok(Self { shared: Arc::new(Shared { limits, cache, queue }) })
    }

    /// The option drawn as an SVG element of `width` to `height`, ready to stand in a page: with an accessible name (the
    /// option's `aria.label.description`), as wide as its place, its ids unique among other drawings.
    ///
    /// # Errors
    /// [`DrawingError`]; show the chart's table then.
    pub async fn svg(&self, option_json: &str, width: u32, height: u32) -> Result<Arc<str>, DrawingError> {
        let limits = self.shared.limits;
        if ![width, height].iter().all(|side| (16..=4_096).contains(side)) {
            return Err(DrawingError::Size { width, height });
        }
        if option_json.len() > limits.option {
            return Err(DrawingError::TooLarge { bytes: option_json.len(), limit: limits.option });
        }
        let key = key(option_json, width, height);
        if let Some(kept) = self.cache().get(&key) {
            return Ok(kept);
        }
        let (answer, drawn) = oneshot::channel();
        let request = Request { option_json: option_json.to_owned(), width, height, answer };
        self.shared.queue.try_send(request).map_err(|error| match error {
            TrySendError::Full(_) => DrawingError::Busy,
            TrySendError::Disconnected(_) => DrawingError::Stopped,
        })?;
        let raw = drawn.await.map_err(|_| DrawingError::Stopped)??;
        let svg: Arc<str> = dress(&raw, &key, description(option_json).as_deref(), width, height).into();
        self.cache().put(key, Arc::clone(&svg));
        Ok(svg)
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, Cache> {
        self.shared.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One thread: takes requests until there is nobody left to ask, with a context that is made anew after it broke.
fn serve(bundle: &str, limits: Limits, requests: &Mutex<Receiver<Request>>) {
    let mut context =
        Context::new(bundle, limits).inspect_err(|error| tracing::warn!(%error, "the chart bundle does not run")).ok();
    loop {
        let request = requests.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(request) = request else { return };
        if request.answer.is_closed() {
            continue;
        }
        let drawn = draw(&mut context, bundle, limits, &request);
        if let Err(error) = &drawn {
            tracing::debug!(%error, "a chart was not drawn; its context is made anew");
            context = None;
        }
        // Nobody waits any more where the page was left.
        let _ = request.answer.send(drawn);
    }
}

fn draw(slot: &mut Option<Context>, bundle: &str, limits: Limits, request: &Request) -> Result<Drawn, DrawingError> {
    let context = match slot {
        Some(context) => context,
        None => slot.insert(Context::new(bundle, limits)?),
    };
    context.svg(&request.option_json, request.width, request.height)
}

fn key(option_json: &str, width: u32, height: u32) -> Key {
    let mut hash = Sha256::new();
    hash.update(width.to_le_bytes());
    hash.update(height.to_le_bytes());
    hash.update(option_json.as_bytes());
    hash.finalize().into()
}

/// The chart's summary, where its option carries one.
fn description(option_json: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Described {
        aria: Aria,
    }
    #[derive(serde::Deserialize)]
    struct Aria {
        label: Label,
    }
    #[derive(serde::Deserialize)]
    struct Label {
        description: String,
    }
    serde_json::from_str::<Described>(option_json).ok().map(|described| described.aria.label.description)
}
