/**
 * The database as its keeper sees it: what is in it, migrations, backups, exports and imports. Only
 * {@link io.amebobridge.server.admin.DatabaseAdmin} and what it gives and takes is public.
 */
@NullMarked
package io.amebobridge.server.admin;

import org.jspecify.annotations.NullMarked;
