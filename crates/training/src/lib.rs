//! Fits artefacts and backtests them.
