"""`lianxi up`: processes, deployments, alarms, file server and login."""
