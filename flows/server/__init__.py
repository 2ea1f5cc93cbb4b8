"""`lianxi up`: its processes, deployments, alarms, file server and login."""
