CREATE TABLE `pairs` (
	`a` integer,
	`b` integer,
	PRIMARY KEY(`a`, `b`),
	FOREIGN KEY (`b`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `users` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`email` text NOT NULL,
	`score` real DEFAULT 1.5,
	`price` numeric,
	`raw` blob,
	`at` integer DEFAULT (unixepoch()),
	`loud` text GENERATED ALWAYS AS (upper(email)) VIRTUAL,
	CONSTRAINT "positive" CHECK("users"."score" >= 0)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email_unique` ON `users` (`email`);--> statement-breakpoint
CREATE INDEX `by_price` ON `users` (`price`,`score`);--> statement-breakpoint
CREATE UNIQUE INDEX `few` ON `users` (`price`) WHERE "users"."id" > 3;