//! The tables of orders and every query on them.

use super::model::{Delivery, DeliveryState, Item, ItemState, Order, OrderState};
use crate::platform::db::tx::tenant_table;
use crate::platform::db::{MultiBackend, Stored, TenantTx, Ts, Turn, lost_race};
use crate::platform::ids::{CaseId, DeliveryId, HoldingId, InstructionId, OrderId};
use diesel::prelude::*;

tenant_table! {
    orders (id) {
        id -> SqlUid, instruction_id -> SqlUid, action -> Text, subject_id -> SqlUid, state -> Text, selector -> Text,
        total -> BigInt, done -> BigInt, failed -> BigInt, origin_kind -> Text, origin_id -> Nullable<SqlUid>,
        line_id -> Nullable<SqlUid>, created_at -> SqlTs, started_at -> Nullable<SqlTs>, finished_at -> Nullable<SqlTs>,
        version -> BigInt,
    }
}
tenant_table! {
    order_items (order_id, holding_id) {
        order_id -> SqlUid, holding_id -> SqlUid, state -> Text, delivery_id -> Nullable<SqlUid>,
        outcome -> Nullable<Text>, done_at -> Nullable<SqlTs>,
    }
}
tenant_table! {
    deliveries (id) {
        id -> SqlUid, connector_id -> SqlUid, order_id -> SqlUid, body -> Text, state -> Text, attempts -> Integer,
        last_status -> Nullable<Text>, created_at -> SqlTs, sent_at -> Nullable<SqlTs>,
        acknowledged_at -> Nullable<SqlTs>, reported_at -> Nullable<SqlTs>,
    }
}

pub(super) fn insert(tx: &mut TenantTx<'_>, order: &Order) -> Stored<()> {
    tx.needs(Turn::Alone)?;
    tx.add(orders::table, order)
}

pub(super) fn find(tx: &mut TenantTx<'_>, id: OrderId) -> Stored<Option<Order>> {
    tx.first(orders::table, |rows| rows.filter(orders::id.eq(id)).select(Order::as_select()))
}

pub(super) fn of_case(tx: &mut TenantTx<'_>, case: CaseId) -> Stored<Vec<Order>> {
    tx.load(orders::table, |rows| {
        rows.filter(orders::origin_id.eq(case)).order(orders::id).limit(2_000).select(Order::as_select())
    })
}

/// Orders of an instruction that are not over, or that are over but not as ordered.
pub(super) fn undone(tx: &mut TenantTx<'_>, instruction: InstructionId) -> Stored<i64> {
    let undone = tx.first(orders::table, |rows| {
        rows.filter(orders::instruction_id.eq(instruction))
            .filter(orders::state.ne_all([OrderState::Done, OrderState::Cancelled]))
            .count()
    })?;
    Ok(undone.unwrap_or(0))
}

/// Where each order of an instruction stands, with its counts: holdings, done, failed.
pub(super) fn states_under(
    tx: &mut TenantTx<'_>,
    instruction: InstructionId,
) -> Stored<Vec<(OrderState, i64, i64, i64)>> {
    tx.load(orders::table, |rows| {
        rows.filter(orders::instruction_id.eq(instruction)).select((
            orders::state,
            orders::total,
            orders::done,
            orders::failed,
        ))
    })
}

/// Orders of an instruction, in order.
pub(super) fn page_under(
    tx: &mut TenantTx<'_>,
    instruction: InstructionId,
    after: Option<OrderId>,
    limit: i64,
) -> Stored<Vec<Order>> {
    tx.load(orders::table, |rows| {
        let mut query = rows.filter(orders::instruction_id.eq(instruction)).into_boxed::<MultiBackend>();
        if let Some(after) = after {
            query = query.filter(orders::id.gt(after));
        }
        query.order(orders::id).limit(limit).select(Order::as_select())
    })
}

/// Orders of an instruction that wait, for a connector or to be fetched.
pub(super) fn awaiting_orders(
    tx: &mut TenantTx<'_>,
    instruction: InstructionId,
    after: Option<OrderId>,
    limit: i64,
) -> Stored<Vec<Order>> {
    tx.load(orders::table, |rows| {
        let mut query = rows
            .filter(orders::instruction_id.eq(instruction))
            .filter(orders::state.eq(OrderState::Awaiting))
            .into_boxed::<MultiBackend>();
        if let Some(after) = after {
            query = query.filter(orders::id.gt(after));
        }
        query.order(orders::id).limit(limit).select(Order::as_select())
    })
}

/// The order with this id, or the first of the instruction, or none.
pub(super) fn vault_order_from(
    tx: &mut TenantTx<'_>,
    instruction: InstructionId,
    from: Option<OrderId>,
) -> Stored<Option<Order>> {
    match from {
        Some(id) => find(tx, id),
        None => Ok(page_under(tx, instruction, None, 1)?.pop()),
    }
}

/// The order of the instruction after this one.
pub(super) fn vault_order_after(
    tx: &mut TenantTx<'_>,
    instruction: InstructionId,
    after: OrderId,
) -> Stored<Option<Order>> {
    Ok(page_under(tx, instruction, Some(after), 1)?.pop())
}

/// Holdings of an order that are fetched rather than sent.
pub(super) fn package_items(
    tx: &mut TenantTx<'_>,
    order: OrderId,
    after: Option<HoldingId>,
    limit: i64,
) -> Stored<Vec<Item>> {
    tx.load(order_items::table, |rows| {
        let mut query = rows
            .filter(order_items::order_id.eq(order))
            .filter(order_items::delivery_id.is_null())
            .into_boxed::<MultiBackend>();
        if let Some(after) = after {
            query = query.filter(order_items::holding_id.gt(after));
        }
        query.order(order_items::holding_id).limit(limit).select(Item::as_select())
    })
}

/// How many holdings of an order that are fetched stand where.
pub(super) fn vault_item_states(tx: &mut TenantTx<'_>, order: OrderId) -> Stored<Vec<(ItemState, i64)>> {
    tx.load(order_items::table, |rows| {
        rows.filter(order_items::order_id.eq(order))
            .filter(order_items::delivery_id.is_null())
            .group_by(order_items::state)
            .select((order_items::state, diesel::dsl::count_star()))
    })
}

/// Whether anything of an instruction is there to be fetched.
pub(super) fn has_package(tx: &mut TenantTx<'_>, instruction: InstructionId) -> Stored<bool> {
    let mut after = None;
    loop {
        let some = page_under(tx, instruction, after, 100)?;
        let Some(last) = some.last() else { return Ok(false) };
        after = Some(last.id);
        let ids: Vec<OrderId> = some.iter().map(|o| o.id).collect();
        let one: Option<OrderId> = tx.first(order_items::table, |rows| {
            rows.filter(order_items::order_id.eq_any(ids))
                .filter(order_items::delivery_id.is_null())
                .select(order_items::order_id)
        })?;
        if one.is_some() {
            return Ok(true);
        }
    }
}

pub(super) fn save(tx: &mut TenantTx<'_>, order: &mut Order) -> Stored<()> {
    tx.needs(Turn::Alone)?;
    let before = order.version;
    order.version += 1;
    let now = order.clone();
    let changed = tx.change(orders::table, |rows| {
        diesel::update(rows.filter(orders::id.eq(now.id)).filter(orders::version.eq(before))).set((
            orders::state.eq(now.state),
            orders::total.eq(now.total),
            orders::done.eq(now.done),
            orders::failed.eq(now.failed),
            orders::started_at.eq(now.started_at),
            orders::finished_at.eq(now.finished_at),
            orders::version.eq(now.version),
        ))
    })?;
    if changed == 1 { Ok(()) } else { Err(lost_race()) }
}

pub(super) fn insert_items(tx: &mut TenantTx<'_>, items: &[Item]) -> Stored<()> {
    tx.add_all::<order_items::table, Item>(order_items::table, items)
}

pub(super) fn items_of_delivery(tx: &mut TenantTx<'_>, delivery: DeliveryId) -> Stored<Vec<Item>> {
    tx.load(order_items::table, |rows| rows.filter(order_items::delivery_id.eq(delivery)).select(Item::as_select()))
}

/// Whether any of these is an item of the order.
pub(super) fn has_items(tx: &mut TenantTx<'_>, order: OrderId, ids: &[HoldingId]) -> Stored<bool> {
    let ids = ids.to_vec();
    let found: Option<HoldingId> = tx.first(order_items::table, |rows| {
        rows.filter(order_items::order_id.eq(order))
            .filter(order_items::holding_id.eq_any(ids))
            .select(order_items::holding_id)
    })?;
    Ok(found.is_some())
}

pub(super) fn settle_items(
    tx: &mut TenantTx<'_>,
    order: OrderId,
    ids: &[HoldingId],
    state: ItemState,
    outcome: &str,
) -> Stored<usize> {
    tx.needs(Turn::Alone)?;
    let (now, ids, outcome) = (tx.now(), ids.to_vec(), outcome.to_owned());
    tx.change(order_items::table, |rows| {
        diesel::update(
            rows.filter(order_items::order_id.eq(order))
                .filter(order_items::holding_id.eq_any(ids))
                .filter(order_items::state.eq(ItemState::Sent)),
        )
        .set((
            order_items::state.eq(state),
            order_items::outcome.eq(Some(outcome)),
            order_items::done_at.eq(Some(now)),
        ))
    })
}

/// What failed goes out once more, in another delivery. Returns how many items that were.
pub(super) fn send_items_again(
    tx: &mut TenantTx<'_>,
    order: OrderId,
    ids: &[HoldingId],
    delivery: DeliveryId,
) -> Stored<usize> {
    let ids = ids.to_vec();
    tx.change(order_items::table, |rows| {
        diesel::update(
            rows.filter(order_items::order_id.eq(order))
                .filter(order_items::holding_id.eq_any(ids))
                .filter(order_items::state.eq(ItemState::Failed)),
        )
        .set((
            order_items::state.eq(ItemState::Sent),
            order_items::delivery_id.eq(Some(delivery)),
            order_items::outcome.eq(None::<String>),
            order_items::done_at.eq(None::<Ts>),
        ))
    })
}

/// After an anonymisation nothing may lead from the order back to what it emptied (gbt35273-3.14). What failed was not.
pub(super) fn forget_items(tx: &mut TenantTx<'_>, order: OrderId) -> Stored<()> {
    tx.change(order_items::table, |rows| {
        diesel::delete(rows.filter(order_items::order_id.eq(order)).filter(order_items::state.ne(ItemState::Failed)))
    })?;
    tx.change(deliveries::table, |rows| {
        diesel::update(rows.filter(deliveries::order_id.eq(order))).set(deliveries::body.eq(""))
    })?;
    Ok(())
}

pub(super) fn insert_delivery(tx: &mut TenantTx<'_>, delivery: &Delivery) -> Stored<()> {
    tx.needs(Turn::Alone)?;
    tx.add(deliveries::table, delivery)
}

/// An order's deliveries, oldest first.
pub(super) fn deliveries_of(
    tx: &mut TenantTx<'_>,
    order: OrderId,
    after: Option<DeliveryId>,
    limit: i64,
) -> Stored<Vec<Delivery>> {
    tx.load(deliveries::table, |rows| {
        let mut query = rows.filter(deliveries::order_id.eq(order)).into_boxed::<MultiBackend>();
        if let Some(after) = after {
            query = query.filter(deliveries::id.gt(after));
        }
        query.order(deliveries::id).limit(limit + 1).select(Delivery::as_select())
    })
}

/// How many items of each of these deliveries stand where.
pub(super) fn item_states(
    tx: &mut TenantTx<'_>,
    ids: &[DeliveryId],
) -> Stored<Vec<(Option<DeliveryId>, ItemState, i64)>> {
    let ids = ids.to_vec();
    tx.load(order_items::table, |rows| {
        rows.filter(order_items::delivery_id.eq_any(ids))
            .group_by((order_items::delivery_id, order_items::state))
            .select((order_items::delivery_id, order_items::state, diesel::dsl::count_star()))
    })
}

pub(super) fn find_delivery(tx: &mut TenantTx<'_>, id: DeliveryId) -> Stored<Option<Delivery>> {
    tx.first(deliveries::table, |rows| rows.filter(deliveries::id.eq(id)).select(Delivery::as_select()))
}

pub(super) fn save_delivery(tx: &mut TenantTx<'_>, d: &Delivery) -> Stored<()> {
    tx.needs(Turn::Alone)?;
    let now = d.clone();
    tx.change(deliveries::table, |rows| {
        diesel::update(rows.filter(deliveries::id.eq(now.id))).set((
            deliveries::state.eq(now.state),
            deliveries::attempts.eq(now.attempts),
            deliveries::last_status.eq(now.last_status),
            deliveries::sent_at.eq(now.sent_at),
            deliveries::acknowledged_at.eq(now.acknowledged_at),
            deliveries::reported_at.eq(now.reported_at),
        ))
    })?;
    Ok(())
}

pub(super) fn open_deliveries(tx: &mut TenantTx<'_>, order: OrderId) -> Stored<i64> {
    let open = tx.first(deliveries::table, |rows| {
        rows.filter(deliveries::order_id.eq(order)).filter(deliveries::state.ne(DeliveryState::Reported)).count()
    })?;
    Ok(open.unwrap_or(0))
}
