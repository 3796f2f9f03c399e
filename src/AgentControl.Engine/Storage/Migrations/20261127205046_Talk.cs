using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace AgentControl.Engine.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Talk : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "mentions",
                table: "workspace_comments",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "digest",
                table: "users",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "slack_user",
                table: "users",
                type: "text",
                nullable: true);

            migrationBuilder.AlterColumn<Guid>(
                name: "job_id",
                table: "notifications",
                type: "uuid",
                nullable: true,
                oldClrType: typeof(Guid),
                oldType: "uuid");

            migrationBuilder.AddColumn<Guid>(
                name: "person_id",
                table: "notifications",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "comment_on_result",
                table: "notification_rules",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "digest",
                table: "notification_rules",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "comment_mentions",
                columns: table => new
                {
                    comment_id = table.Column<Guid>(type: "uuid", nullable: false),
                    person_id = table.Column<Guid>(type: "uuid", nullable: false),
                    told_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_comment_mentions", x => new { x.comment_id, x.person_id });
                    table.ForeignKey(
                        name: "fk_comment_mentions_users_person_id",
                        column: x => x.person_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_comment_mentions_workspace_comments_comment_id",
                        column: x => x.comment_id,
                        principalTable: "workspace_comments",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "notification_digest_items",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner = table.Column<string>(type: "text", nullable: false),
                    channel = table.Column<string>(type: "text", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    message = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    job_id = table.Column<Guid>(type: "uuid", nullable: true),
                    seq = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notification_digest_items", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "slack_calls",
                columns: table => new
                {
                    signature = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_slack_calls", x => x.signature);
                });

            migrationBuilder.CreateIndex(
                name: "ix_users_slack_user",
                table: "users",
                column: "slack_user",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_comment_mentions_person_id",
                table: "comment_mentions",
                column: "person_id");

            migrationBuilder.CreateIndex(
                name: "ix_comment_mentions_untold",
                table: "comment_mentions",
                column: "comment_id",
                filter: "told_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_notification_digest_items_due_at",
                table: "notification_digest_items",
                column: "due_at");

            migrationBuilder.CreateIndex(
                name: "ix_slack_calls_at",
                table: "slack_calls",
                column: "at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "comment_mentions");

            migrationBuilder.DropTable(
                name: "notification_digest_items");

            migrationBuilder.DropTable(
                name: "slack_calls");

            migrationBuilder.DropIndex(
                name: "ix_users_slack_user",
                table: "users");

            migrationBuilder.DropColumn(
                name: "mentions",
                table: "workspace_comments");

            migrationBuilder.DropColumn(
                name: "digest",
                table: "users");

            migrationBuilder.DropColumn(
                name: "slack_user",
                table: "users");

            migrationBuilder.DropColumn(
                name: "person_id",
                table: "notifications");

            migrationBuilder.DropColumn(
                name: "comment_on_result",
                table: "notification_rules");

            migrationBuilder.DropColumn(
                name: "digest",
                table: "notification_rules");

            migrationBuilder.AlterColumn<Guid>(
                name: "job_id",
                table: "notifications",
                type: "uuid",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"),
                oldClrType: typeof(Guid),
                oldType: "uuid",
                oldNullable: true);
        }
    }
}
