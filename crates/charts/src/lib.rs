//! Data to a chart option and its text alternative.
