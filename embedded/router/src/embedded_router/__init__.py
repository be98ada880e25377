"""A router for clusters that have none: it admits Routes and Ingresses and has HAProxy serve them on one TLS port."""
