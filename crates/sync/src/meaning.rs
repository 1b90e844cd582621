//! What a column means, by its name.

use aisle_domain::import::Meaning;

/// The words of a name in small letters, joined by `_`: `InvoiceDate`, `invoice date` and `invoice-date` are all
/// `invoice_date`; `MarkDown1`, one word in retail, is `markdown1`.
pub(crate) fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    let mut before = '_';
    let mut letters = name.trim().chars().peekable();
    while let Some(letter) = letters.next() {
        if !letter.is_alphanumeric() {
            if before != '_' {
                snake.push('_');
                before = '_';
            }
            continue;
        }
        let next_is_small = letters.peek().is_some_and(|next| next.is_lowercase());
        let new_word = letter.is_uppercase() && (before.is_lowercase() || (before.is_uppercase() && next_is_small));
        if new_word && before != '_' {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
        before = letter;
    }
    snake.trim_end_matches('_').replace("mark_down", "markdown")
}

/// Names known for each meaning, the most telling first: where two columns would mean the same, the earlier name wins.
/// Besides the words of retail they hold those of Shopify's and WooCommerce's exports.
const NAMES: &[(Meaning, &[&str])] = &[
    (
        Meaning::Item,
        &[
            "item_id",
            "sku",
            "lineitem_sku",
            "variant_sku",
            "product_sku",
            "stock_code",
            "product_id",
            "item",
            "item_code",
            "product_code",
            "item_number",
            "item_nbr",
            "article",
            "article_id",
            "article_number",
            "upc",
            "ean",
            "gtin",
            "barcode",
            "product",
            "dept",
            "department_id",
            "dept_id",
            "product_variant_id",
        ],
    ),
    (
        Meaning::ItemName,
        &[
            "item_name",
            "product_name",
            "lineitem_name",
            "product_title",
            "description",
            "title",
            "product_description",
            "item_description",
        ],
    ),
    (
        Meaning::Category,
        &[
            "category",
            "product_category",
            "categories",
            "category_name",
            "category_id",
            "department",
            "dept_name",
            "product_type",
            "item_category",
            "family",
            "product_group",
            "class",
        ],
    ),
    (
        Meaning::Location,
        &[
            "location_id",
            "store_id",
            "store",
            "location",
            "shop",
            "shop_id",
            "warehouse",
            "warehouse_id",
            "store_nbr",
            "store_number",
            "branch",
            "branch_id",
            "outlet",
            "outlet_id",
            "site",
            "country",
            "shipping_country",
            "region",
            "city",
        ],
    ),
    (Meaning::LocationName, &["location_name", "store_name", "shop_name", "warehouse_name"]),
    (Meaning::LocationKind, &["location_kind", "location_type", "store_type", "shop_type", "kind"]),
    (
        Meaning::Date,
        &[
            "date",
            "day",
            "invoice_date",
            "order_date",
            "created_at",
            "transaction_timestamp",
            "transaction_date",
            "sale_date",
            "sales_date",
            "timestamp",
            "datetime",
            "date_time",
            "order_purchase_timestamp",
            "week_ending",
            "week_end",
            "week_start",
            "period",
            "month",
            "ds",
            "occurred_at",
            "sold_at",
            "paid_at",
            "valid_from",
            "received",
            "received_on",
            "received_at",
            "received_date",
            "receipt_date",
            "delivered",
            "delivered_on",
            "delivery_date",
        ],
    ),
    (Meaning::FirstDay, &["first_day", "start_date", "start", "from", "date_from", "starts_at", "start_day"]),
    (Meaning::LastDay, &["last_day", "end_date", "end", "to", "until", "date_to", "ends_at", "end_day"]),
    (
        Meaning::Quantity,
        &[
            "quantity",
            "qty",
            "units",
            "lineitem_quantity",
            "line_item_quantity",
            "quantity_ordered",
            "order_quantity",
            "units_sold",
            "unit_sales",
            "quantity_sold",
            "items_sold",
            "sold",
            "pieces",
            "count",
        ],
    ),
    (
        Meaning::OnHand,
        &[
            "on_hand",
            "stock_on_hand",
            "quantity_on_hand",
            "qty_on_hand",
            "on_hand_quantity",
            "stock",
            "stock_level",
            "stock_quantity",
            "inventory",
            "inventory_level",
            "inventory_quantity",
            "closing_stock",
            "soh",
        ],
    ),
    (Meaning::OnOrder, &["on_order", "quantity_on_order", "qty_on_order", "in_transit", "incoming", "units_ordered"]),
    (Meaning::Supplier, &["supplier", "supplier_id", "supplier_name", "supplier_code", "vendor_id", "vendor_name"]),
    (
        Meaning::OrderedDay,
        &["ordered", "ordered_on", "order_day", "ordered_at", "po_date", "purchase_date", "purchase_order_date"],
    ),
    (
        Meaning::ExpectedDay,
        &["expected", "expected_on", "expected_date", "due", "due_date", "promised", "promised_date", "eta"],
    ),
    (
        Meaning::Revenue,
        &[
            "revenue",
            "weekly_sales",
            "sales_value",
            "sales",
            "sales_amount",
            "amount",
            "net_sales",
            "gross_sales",
            "total_sales",
            "line_total",
            "line_item_value",
            "line_value",
            "net_revenue",
            "n_revenue",
            "turnover",
            "total",
            "total_price",
            "net_amount",
            "value",
            "sales_usd",
        ],
    ),
    (
        Meaning::UnitPrice,
        &[
            "unit_price",
            "price",
            "lineitem_price",
            "variant_price",
            "regular_price",
            "item_price",
            "price_each",
            "sell_price",
            "list_price",
        ],
    ),
    (
        Meaning::Customer,
        &[
            "customer_id",
            "customer",
            "household_id",
            "client_id",
            "buyer_id",
            "user_id",
            "member_id",
            "customer_code",
            "shopper_id",
        ],
    ),
    (
        Meaning::Order,
        &[
            "order_id",
            "invoice_no",
            "invoice",
            "invoice_number",
            "basket_id",
            "order_number",
            "order",
            "order_no",
            "po_number",
            "po_so",
            "transaction_id",
            "receipt",
            "receipt_id",
            "receipt_number",
            "ticket",
            "ticket_id",
            "bill_number",
        ],
    ),
    (Meaning::HolidayFlag, &["is_holiday", "holiday_flag", "holiday"]),
    (
        Meaning::EventName,
        &["event_name", "event", "holiday_name", "promotion", "promotion_name", "promo_name", "promo", "campaign"],
    ),
    (Meaning::Discount, &["discount", "discount_percent", "discount_rate", "depth", "markdown_depth"]),
    (Meaning::FeatureName, &["feature", "feature_name", "variable"]),
    (Meaning::FeatureValue, &["feature_value"]),
];

/// The attribute by which a file of money says the currency row by row.
pub(crate) const CURRENCY: &str = "currency";
/// Names of such columns, the most telling first.
const CURRENCIES: &[&str] = &["currency", "currency_code", "order_currency", "currency_iso", "iso_currency"];

/// Whether a column says the row's currency.
pub(crate) fn is_currency(meaning: &Meaning) -> bool {
    matches!(meaning, Meaning::Attribute(name) if name == CURRENCY)
}

/// What a column's name says, and how telling the name is (0 is the most).
pub(crate) fn by_name(name: &str) -> Option<(Meaning, usize)> {
    let snake = snake_case(name);
    if let Some(rank) = CURRENCIES.iter().position(|known| *known == snake) {
        return Some((Meaning::Attribute(CURRENCY.to_owned()), rank));
    }
    NAMES.iter().find_map(|(meaning, names)| {
        let rank = names.iter().position(|known| *known == snake)?;
        Some((meaning.clone(), rank))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_words() {
        for (name, snake) in [
            ("InvoiceDate", "invoice_date"),
            ("CustomerID", "customer_id"),
            ("Weekly_Sales", "weekly_sales"),
            ("MarkDown1", "markdown1"),
            ("Lineitem sku", "lineitem_sku"),
            ("CPI", "cpi"),
            (" Fuel-Price ", "fuel_price"),
            ("IsHoliday", "is_holiday"),
        ] {
            assert_eq!(snake_case(name), snake);
        }
    }

    #[test]
    fn no_name_has_two_meanings() {
        let mut all: Vec<&str> = NAMES.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        all.sort_unstable();
        let count = all.len();
        all.dedup();
        assert_eq!(all.len(), count);
        assert_eq!(by_name("StockCode").map(|(meaning, _)| meaning), Some(Meaning::Item));
        assert_eq!(by_name("nonsense"), None);
    }
}
