select id from raw.comments where

-- nothing follows
