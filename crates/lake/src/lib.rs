//! Facts: Delta tables on object storage, queried by DataFusion.
