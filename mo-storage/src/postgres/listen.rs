//! Telling other processes that something was appended, and hearing it from them: `NOTIFY` and `LISTEN` on a channel per
//! registry. Announcements only make waiting short; whoever waits looks at the head now and then in any case.
//!
//! An append is announced after it, by a statement of its own: within the appending transaction it would make all commits
//! of the database wait for one another, those of other registries too.

use std::sync::Arc;
use std::time::Duration;

use sqlx::pool::PoolOptions;
use sqlx::postgres::PgListener;
use sqlx::{AssertSqlSafe, Postgres};
use tokio::time::sleep;

use super::journal::Server;

/// Before a connection is tried again.
const PAUSE: Duration = Duration::from_millis(300);

/// Announces the appends of this process, several at once when they come quickly.
pub(super) async fn announce(server: Arc<Server>) {
    let statement = format!("NOTIFY mo_{}", server.number);
    loop {
        server.appended.notified().await;
        // When this fails the others look by themselves, soon enough.
        if let Ok(mut held) = server.connections.take().await
            && sqlx::raw_sql(AssertSqlSafe(statement.clone())).execute(&mut *held).await.is_ok()
        {
            held.give_back();
        }
    }
}

/// Hears the announcements of others, over a connection of its own, which is made again when it is lost.
pub(super) async fn listen(server: Arc<Server>) {
    loop {
        if let Some(options) = server.connections.server() {
            let one = PoolOptions::<Postgres>::new().max_connections(1).max_lifetime(None).idle_timeout(None);
            let pool = one.connect_lazy_with(options.clone());
            if let Ok(mut listener) = PgListener::connect_with(&pool).await
                && listener.listen(&format!("mo_{}", server.number)).await.is_ok()
            {
                // What was appended while nobody listened, then what is announced. Hearing of it is asking for the head.
                while Arc::clone(&server).head().await.is_ok()
                    && matches!(listener.try_recv().await, Ok(Some(_)))
                {}
            }
        }
        sleep(PAUSE).await;
    }
}
