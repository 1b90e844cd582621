//! Records: the bytes of a file cut into fields, a block at a time.

/// Records of a file, cut into fields.
#[derive(Debug, Default)]
pub(crate) struct Block {}
