//! `aisle`: one binary for the whole shop.

/// Threads come and go with requests and jobs; what one leaves, another takes over.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Number of mimalloc's option `purge_delay` (mimalloc.h, `mi_option_t`), which its bindings do not name.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

fn main() -> std::process::ExitCode {
    give_memory_back_at_once();
    aisle_server::run()
}

/// By default freed pages are kept for seconds; an import, which frees a few large buffers per block, then needs a quarter
/// more memory and no less time.
#[expect(unsafe_code, reason = "the allocator's options are only to be had from C")]
fn give_memory_back_at_once() {
    // SAFETY: sets one number of a table that mimalloc reads and writes atomically.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, 0) }
}
