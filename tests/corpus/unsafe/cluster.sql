-- hazard: vacuum-full, cluster
CLUSTER orders USING orders_created_idx;
