//! The engine's golden vectors, to be run as WASM and compared with the native run's bits.

/// The built-in models scored, as text: one line a number, in hexadecimal bits.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn golden() -> String {
    aisle_engine::golden::run()
}
