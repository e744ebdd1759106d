select id from raw.comments;;
-- done;