CREATE SCHEMA "billing";
--> statement-breakpoint
CREATE TYPE "public"."mood" AS ENUM('sad', 'ok', 'happy');--> statement-breakpoint
CREATE TABLE "billing"."accounts" (
	"a" integer,
	"b" bigint,
	"owner" integer,
	"on" boolean DEFAULT true,
	CONSTRAINT "accounts_a_b_pk" PRIMARY KEY("a","b"),
	CONSTRAINT "u" UNIQUE NULLS NOT DISTINCT("owner","on")
);
--> statement-breakpoint
CREATE TABLE "links" (
	"x" integer,
	"y" bigint
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" serial PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"mood" "mood" DEFAULT 'ok',
	"joined" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"price" numeric(10, 2) DEFAULT '0',
	"code" varchar(20),
	"num" integer GENERATED ALWAYS AS IDENTITY (sequence name "users_num_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"loud" text GENERATED ALWAYS AS (upper(email)) STORED,
	"tags" text[] DEFAULT '{}',
	"data" jsonb,
	CONSTRAINT "users_email_unique" UNIQUE("email"),
	CONSTRAINT "positive" CHECK ("users"."price" >= 0)
);
--> statement-breakpoint
ALTER TABLE "billing"."accounts" ADD CONSTRAINT "accounts_owner_users_id_fk" FOREIGN KEY ("owner") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "links" ADD CONSTRAINT "links_x_y_accounts_a_b_fk" FOREIGN KEY ("x","y") REFERENCES "billing"."accounts"("a","b") ON DELETE no action ON UPDATE set null;--> statement-breakpoint
CREATE INDEX "by_price" ON "users" USING btree ("price" DESC NULLS LAST,"code");--> statement-breakpoint
CREATE UNIQUE INDEX "few" ON "users" USING btree ("code") WHERE "users"."id" > 3;--> statement-breakpoint
CREATE INDEX "low" ON "users" USING btree (lower("email"));--> statement-breakpoint
CREATE VIEW "public"."cheap" AS (select "x", "y" from "links" where "links"."x" = 1);