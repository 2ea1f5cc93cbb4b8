"""What the coordinator sees in the Prefect UI: artifacts, forms, drop-downs, links, events."""
