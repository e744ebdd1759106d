/** Small tables with the columns that the queries in tpc-h.sql ask for. */
import { shape, type TableShape } from "../tables.ts";

export const tpcH: readonly TableShape[] = [
  shape("h.region", "r_regionkey KEY, r_name WORD"),
  shape("h.nation", "n_nationkey KEY, n_name WORD, n_regionkey KEY"),
  shape(
    "h.supplier",
    "s_suppkey KEY, s_name VARCHAR, s_address VARCHAR, s_nationkey KEY, s_phone VARCHAR, s_acctbal DECIMAL(9,2), s_comment VARCHAR",
  ),
  shape(
    "h.customer",
    "c_custkey KEY, c_name VARCHAR, c_address VARCHAR, c_nationkey KEY, c_phone VARCHAR, c_acctbal DECIMAL(9,2), c_mktsegment WORD",
  ),
  shape(
    "h.part",
    "p_partkey KEY, p_name VARCHAR, p_mfgr VARCHAR, p_brand WORD, p_type VARCHAR, p_size BIGINT, p_container WORD",
  ),
  shape("h.partsupp", "ps_partkey KEY, ps_suppkey KEY, ps_availqty BIGINT, ps_supplycost DECIMAL(9,2)"),
  shape(
    "h.orders",
    "o_orderkey KEY, o_custkey KEY, o_orderstatus WORD, o_totalprice DECIMAL(9,2), o_orderdate DATE, o_orderpriority WORD, o_shippriority BIGINT, o_comment VARCHAR",
  ),
  shape(
    "h.lineitem",
    "l_orderkey KEY, l_partkey KEY, l_suppkey KEY, l_quantity BIGINT, l_price DECIMAL(9,2), l_discount DECIMAL(9,2), l_tax DECIMAL(9,2), l_returnflag WORD, l_linestatus WORD, l_shipdate DATE, l_commitdate DATE, l_receiptdate DATE, l_shipmode WORD",
  ),
];
