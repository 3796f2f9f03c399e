using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AgentControl.Engine.Storage.Migrations
{
    /// <inheritdoc />
    public partial class ApprovalTerms : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "submitter",
                table: "jobs",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<TimeSpan>(
                name: "decide_within",
                table: "approvals",
                type: "interval",
                nullable: true);

            migrationBuilder.AddColumn<string[]>(
                name: "escalate_to",
                table: "approvals",
                type: "text[]",
                nullable: false,
                defaultValue: new string[0]);

            migrationBuilder.AddColumn<bool>(
                name: "high_risk",
                table: "approvals",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "next_reminder",
                table: "approvals",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "not_starter",
                table: "approvals",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<TimeSpan>(
                name: "remind_every",
                table: "approvals",
                type: "interval",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "reminded",
                table: "approvals",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<Guid>(
                name: "starter",
                table: "approvals",
                type: "uuid",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "groups",
                columns: table => new
                {
                    name = table.Column<string>(type: "text", nullable: false),
                    description = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_groups", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "group_members",
                columns: table => new
                {
                    group_name = table.Column<string>(type: "text", nullable: false),
                    person_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_group_members", x => new { x.group_name, x.person_id });
                    table.ForeignKey(
                        name: "fk_group_members_groups_group_name",
                        column: x => x.group_name,
                        principalTable: "groups",
                        principalColumn: "name",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_group_members_users_person_id",
                        column: x => x.person_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_approvals_next_reminder",
                table: "approvals",
                column: "next_reminder",
                filter: "state = 'pending' AND next_reminder IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_group_members_person_id",
                table: "group_members",
                column: "person_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "group_members");

            migrationBuilder.DropTable(
                name: "groups");

            migrationBuilder.DropIndex(
                name: "ix_approvals_next_reminder",
                table: "approvals");

            migrationBuilder.DropColumn(
                name: "submitter",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "decide_within",
                table: "approvals");

            migrationBuilder.DropColumn(
                name: "escalate_to",
                table: "approvals");

            migrationBuilder.DropColumn(
                name: "high_risk",
                table: "approvals");

            migrationBuilder.DropColumn(
                name: "next_reminder",
                table: "approvals");

            migrationBuilder.DropColumn(
                name: "not_starter",
                table: "approvals");

            migrationBuilder.DropColumn(
                name: "remind_every",
                table: "approvals");

            migrationBuilder.DropColumn(
                name: "reminded",
                table: "approvals");

            migrationBuilder.DropColumn(
                name: "starter",
                table: "approvals");
        }
    }
}
