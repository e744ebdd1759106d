/** The engine's bound plan as its JSON; values that are the engine's defaults are left out. */

/** A position or a number of a table or column; 0 where it is left out. */
type Index = number | undefined;

export interface TypeNode {
  readonly id?: string;
}

export interface OrderNode {
  readonly expression: ExpressionNode;
}

export interface ExpressionNode {
  readonly expression_class: string;
  readonly type: string;
  readonly return_type?: TypeNode;
  readonly index?: Index;
  readonly binding?: { readonly table_index?: Index; readonly column_index?: Index };
  /** How many queries further out it looks; no plan that can be followed does. */
  readonly depth?: number;
  readonly name?: string;
  readonly function_data?: object;
  readonly child?: ExpressionNode;
  readonly children?: readonly ExpressionNode[];
  readonly case_checks?: readonly {
    readonly when_expr: ExpressionNode;
    readonly then_expr: ExpressionNode;
  }[];
  readonly else_expr?: ExpressionNode;
  readonly left?: ExpressionNode;
  readonly right?: ExpressionNode;
  readonly value?: { readonly value?: unknown };
  readonly filter?: ExpressionNode;
  readonly order_bys?: { readonly orders: readonly OrderNode[] };
  readonly partitions?: readonly ExpressionNode[];
  readonly orders?: readonly OrderNode[];
  readonly filters?: ExpressionNode;
  readonly start?: string;
  readonly end?: string;
  readonly exclude_clause?: string;
  readonly start_expr?: ExpressionNode;
  readonly end_expr?: ExpressionNode;
  readonly arg_orders?: readonly OrderNode[];
}

export interface JoinCondition {
  readonly left: ExpressionNode;
  readonly right: ExpressionNode;
  readonly comparison: string;
}

export interface LimitNode {
  readonly expression?: ExpressionNode;
}

export interface PlanNode {
  readonly type: string;
  readonly children?: readonly PlanNode[];
  readonly table_index?: Index;
  readonly expressions?: readonly ExpressionNode[];
  readonly projection_map?: readonly number[];
  readonly projections?: readonly number[];
  /** Of scans. */
  readonly name?: string;
  readonly names?: readonly string[];
  readonly returned_types?: readonly TypeNode[];
  readonly column_indexes?: readonly { readonly index?: Index }[];
  readonly projection_ids?: readonly number[];
  readonly projected_input?: readonly number[];
  readonly ordinality_idx?: Index;
  readonly table_filters?: { readonly filters?: readonly unknown[] };
  readonly function_data?: { readonly schema?: string; readonly table?: string };
  readonly chunk_types?: readonly TypeNode[];
  /** Of common table expressions. */
  readonly cte_index?: Index;
  readonly column_count?: Index;
  readonly key_targets?: readonly unknown[];
  readonly ref_recurring?: boolean;
  readonly is_recurring?: boolean;
  readonly union_all?: boolean;
  /** Of joins. */
  readonly join_type?: string;
  readonly mark_index?: Index;
  readonly conditions?: readonly JoinCondition[];
  readonly condition?: ExpressionNode;
  readonly predicate?: ExpressionNode;
  readonly left_projection_map?: readonly number[];
  readonly right_projection_map?: readonly number[];
  readonly duplicate_eliminated_columns?: readonly ExpressionNode[];
  readonly delim_flipped?: boolean;
  /** Of aggregates, windows, unnesting and pivots. */
  readonly group_index?: Index;
  readonly aggregate_index?: Index;
  readonly groupings_index?: Index;
  readonly window_index?: Index;
  readonly unnest_index?: Index;
  readonly pivot_index?: Index;
  readonly groups?: readonly ExpressionNode[];
  readonly grouping_sets?: readonly unknown[];
  readonly grouping_functions?: readonly unknown[];
  readonly bound_pivot?: {
    readonly group_count?: number;
    readonly types?: readonly TypeNode[];
    readonly pivot_values?: readonly string[];
    readonly aggregates?: readonly unknown[];
  };
  /** Of orders, limits, distinct rows and set operations. */
  readonly orders?: readonly OrderNode[];
  readonly order_by?: { readonly orders: readonly OrderNode[] };
  readonly distinct_type?: string;
  readonly distinct_targets?: readonly ExpressionNode[];
  readonly limit_val?: LimitNode;
  readonly offset_val?: LimitNode;
  readonly setop_all?: boolean;
  /** Of the creation of a table. */
  readonly info?: {
    readonly columns?: {
      readonly columns?: readonly {
        readonly name?: string;
        readonly type?: TypeNode & {
          readonly type_info?: { readonly width?: number; readonly scale?: number };
        };
      }[];
    };
  };
}

/** Of a list of rows: `VALUES`. */
export interface ValuesNode extends Omit<PlanNode, "expressions"> {
  readonly expressions?: readonly (readonly ExpressionNode[])[];
  readonly expr_types?: readonly TypeNode[];
}
