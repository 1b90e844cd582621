//! The shop as a whole, for filters and headings of every page.

use crate::Failure;
use crate::ports::ShopView;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

#[cfg(feature = "ssr")]
use crate::{access, ports::SalesDesk};

/// What data there is.
#[server(name = AskShop, prefix = "/fn", endpoint = "shop", input = Json)]
pub async fn shop() -> Result<ShopView, Failure> {
    access::enter("shop")?;
    access::port::<dyn SalesDesk>()?.shop().await.map_err(access::failed)
}
