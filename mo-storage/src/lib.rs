//! Stores for mo: one `redb` file, or `PostgreSQL`.
