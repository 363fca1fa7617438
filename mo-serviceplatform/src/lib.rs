//! CPR, address and CVR look-ups on Serviceplatformen for mo.
