/** Small tables with the columns that the queries in tpc-ds-*.sql ask for. */
import { shape, type TableShape } from "../tables.ts";

const amounts = (prefix: string, ...names: string[]): string =>
  names.map((name) => `${prefix}_${name} DECIMAL(9,2)`).join(", ");
const keys = (prefix: string, ...names: string[]): string =>
  names.map((name) => `${prefix}_${name} KEY`).join(", ");
const words = (prefix: string, ...names: string[]): string =>
  names.map((name) => `${prefix}_${name} WORD`).join(", ");

const dimensions: readonly TableShape[] = [
  shape(
    "ds.date_dim",
    "d_date_sk KEY, d_date DATE, d_year YEAR, d_moy MONTH, d_qoy KEY, d_month_seq KEY, d_week_seq KEY, d_day_name WORD, d_dom BIGINT",
  ),
  shape(
    "ds.item",
    `${keys("i", "item_sk", "brand_id", "manufact_id", "manager_id")}, ${words("i", "item_id", "brand", "class", "category", "color")}, i_desc VARCHAR, i_size VARCHAR, i_product_name VARCHAR, i_price DECIMAL(9,2)`,
  ),
  shape(
    "ds.store",
    `s_store_sk KEY, ${words("s", "store_id", "store_name", "state", "county", "city")}, s_zip VARCHAR, s_gmt BIGINT, s_employees BIGINT`,
  ),
  shape(
    "ds.customer",
    `${keys("c", "customer_sk", "addr_sk", "cdemo_sk", "hdemo_sk", "first_sales_sk")}, ${words("c", "customer_id", "birth_country", "preferred")}, c_first VARCHAR, c_last VARCHAR, c_birth_year YEAR, c_birth_month MONTH`,
  ),
  shape(
    "ds.customer_address",
    `ca_address_sk KEY, ${words("ca", "state", "city", "county", "country")}, ca_zip VARCHAR, ca_gmt BIGINT`,
  ),
  shape(
    "ds.customer_demographics",
    `cd_demo_sk KEY, ${words("cd", "gender", "marital", "education", "credit")}, cd_purchase BIGINT, cd_dep BIGINT`,
  ),
  shape(
    "ds.household_demographics",
    "hd_demo_sk KEY, hd_income_sk KEY, hd_buy WORD, hd_dep BIGINT, hd_vehicles BIGINT",
  ),
  shape("ds.income_band", "ib_income_sk KEY, ib_lower BIGINT, ib_upper BIGINT"),
  shape("ds.promotion", `p_promo_sk KEY, ${words("p", "email", "event", "tv")}`),
  shape("ds.warehouse", `w_warehouse_sk KEY, ${words("w", "name", "state")}, w_sqft BIGINT`),
  shape("ds.time_dim", "t_time_sk KEY, t_hour BIGINT, t_minute BIGINT, t_meal WORD"),
  shape("ds.reason", "r_reason_sk KEY, r_desc WORD"),
  shape("ds.ship_mode", "sm_sk KEY, sm_type WORD"),
  shape("ds.call_center", "cc_sk KEY, cc_name WORD, cc_county WORD"),
  shape("ds.web_site", "web_sk KEY, web_name WORD"),
  shape("ds.web_page", "wp_sk KEY, wp_chars BIGINT"),
];

const facts: readonly TableShape[] = [
  shape("ds.inventory", `${keys("inv", "date_sk", "item_sk", "warehouse_sk")}, inv_quantity BIGINT`),
  shape(
    "ds.store_sales",
    `${keys("ss", "date_sk", "time_sk", "item_sk", "customer_sk", "cdemo_sk", "hdemo_sk", "addr_sk", "store_sk", "promo_sk", "ticket")}, ss_quantity BIGINT, ${amounts("ss", "wholesale", "list_price", "sales_price", "ext_sales", "discount", "coupon", "net_paid", "net_profit")}`,
  ),
  shape(
    "ds.store_returns",
    `${keys("sr", "date_sk", "item_sk", "customer_sk", "ticket", "store_sk", "reason_sk", "cdemo_sk")}, sr_quantity BIGINT, ${amounts("sr", "amt", "net_loss")}`,
  ),
  shape(
    "ds.catalog_sales",
    `${keys("cs", "date_sk", "ship_date_sk", "customer_sk", "cdemo_sk", "addr_sk", "item_sk", "warehouse_sk", "call_center_sk", "ship_mode_sk", "promo_sk", "order")}, cs_quantity BIGINT, ${amounts("cs", "list_price", "sales_price", "ext_sales", "discount", "coupon", "net_paid", "net_profit")}`,
  ),
  shape(
    "ds.catalog_returns",
    `${keys("cr", "date_sk", "item_sk", "order", "customer_sk", "addr_sk", "call_center_sk")}, cr_quantity BIGINT, ${amounts("cr", "amt", "net_loss")}`,
  ),
  shape(
    "ds.web_sales",
    `${keys("ws", "date_sk", "ship_date_sk", "time_sk", "item_sk", "customer_sk", "addr_sk", "hdemo_sk", "site_sk", "page_sk", "warehouse_sk", "ship_mode_sk", "promo_sk", "order")}, ws_quantity BIGINT, ${amounts("ws", "list_price", "sales_price", "ext_sales", "discount", "net_paid", "net_profit")}`,
  ),
  shape(
    "ds.web_returns",
    `${keys("wr", "date_sk", "item_sk", "order", "customer_sk", "addr_sk", "reason_sk", "cdemo_sk", "page_sk")}, wr_quantity BIGINT, ${amounts("wr", "amt", "fee", "net_loss")}`,
  ),
];

export const tpcDs: readonly TableShape[] = [...dimensions, ...facts];
