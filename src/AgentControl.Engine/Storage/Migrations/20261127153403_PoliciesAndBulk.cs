using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AgentControl.Engine.Storage.Migrations
{
    /// <inheritdoc />
    public partial class PoliciesAndBulk : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "action",
                table: "approvals",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "agent",
                table: "approvals",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "decided_voter",
                table: "approvals",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "deliver_at",
                table: "approvals",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<TimeSpan>(
                name: "grace",
                table: "approvals",
                type: "interval",
                nullable: false,
                defaultValue: new TimeSpan(0, 0, 0, 0, 0));

            migrationBuilder.AddColumn<string>(
                name: "info_asked_by",
                table: "approvals",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "rule_id",
                table: "approvals",
                type: "uuid",
                nullable: true);

            migrationBuilder.Sql("UPDATE approvals a SET agent = j.agent FROM jobs j WHERE j.id = a.job_id");

            migrationBuilder.CreateTable(
                name: "approval_policies",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    agent = table.Column<string>(type: "text", nullable: false),
                    action = table.Column<string>(type: "text", nullable: false),
                    workspace = table.Column<string>(type: "text", nullable: false),
                    terms = table.Column<string>(type: "text", nullable: false),
                    changed_by = table.Column<string>(type: "text", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_approval_policies", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "approval_rules",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    agent = table.Column<string>(type: "text", nullable: false),
                    action = table.Column<string>(type: "text", nullable: false),
                    workspace = table.Column<string>(type: "text", nullable: false),
                    decision = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false),
                    maker = table.Column<string>(type: "text", nullable: false),
                    maker_name = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    revoked_by = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_approval_rules", x => x.id);
                    table.CheckConstraint("ck_approval_rules_decision", "decision IN ('approve','reject')");
                });

            migrationBuilder.CreateTable(
                name: "approval_snoozes",
                columns: table => new
                {
                    approval_id = table.Column<Guid>(type: "uuid", nullable: false),
                    voter = table.Column<string>(type: "text", nullable: false),
                    voter_name = table.Column<string>(type: "text", nullable: false),
                    until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_approval_snoozes", x => new { x.approval_id, x.voter });
                    table.ForeignKey(
                        name: "fk_approval_snoozes_approvals_approval_id",
                        column: x => x.approval_id,
                        principalTable: "approvals",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "bulk_actions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    action = table.Column<string>(type: "text", nullable: false),
                    tag = table.Column<string>(type: "text", nullable: true),
                    reason = table.Column<string>(type: "text", nullable: true),
                    query = table.Column<string>(type: "text", nullable: true),
                    actor_id = table.Column<string>(type: "text", nullable: false),
                    actor_name = table.Column<string>(type: "text", nullable: false),
                    actor_from = table.Column<string>(type: "text", nullable: true),
                    actor_person = table.Column<Guid>(type: "uuid", nullable: true),
                    total = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    aborted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    aborted_by = table.Column<string>(type: "text", nullable: true),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_bulk_actions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "bulk_items",
                columns: table => new
                {
                    bulk_id = table.Column<Guid>(type: "uuid", nullable: false),
                    position = table.Column<int>(type: "integer", nullable: false),
                    job_id = table.Column<Guid>(type: "uuid", nullable: false),
                    outcome = table.Column<string>(type: "text", nullable: true),
                    message = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_bulk_items", x => new { x.bulk_id, x.position });
                    table.ForeignKey(
                        name: "fk_bulk_items_bulk_actions_bulk_id",
                        column: x => x.bulk_id,
                        principalTable: "bulk_actions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_approvals_agent_action_workspace_decided_at",
                table: "approvals",
                columns: new[] { "agent", "action", "workspace", "decided_at" },
                filter: "decided_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_approvals_rule_id",
                table: "approvals",
                column: "rule_id",
                filter: "rule_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_approval_policies_agent_action_workspace",
                table: "approval_policies",
                columns: new[] { "agent", "action", "workspace" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_approval_rules_agent_action",
                table: "approval_rules",
                columns: new[] { "agent", "action" },
                filter: "revoked_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_approval_snoozes_until",
                table: "approval_snoozes",
                column: "until");

            migrationBuilder.CreateIndex(
                name: "ix_bulk_actions_created_at",
                table: "bulk_actions",
                column: "created_at",
                filter: "finished_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_bulk_items_bulk_id_outcome",
                table: "bulk_items",
                columns: new[] { "bulk_id", "outcome" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "approval_policies");

            migrationBuilder.DropTable(
                name: "approval_rules");

            migrationBuilder.DropTable(
                name: "approval_snoozes");

            migrationBuilder.DropTable(
                name: "bulk_items");

            migrationBuilder.DropTable(
                name: "bulk_actions");

            migrationBuilder.DropIndex(
                name: "ix_approvals_agent_action_workspace_decided_at",
                table: "approvals");

            migrationBuilder.DropIndex(
                name: "ix_approvals_rule_id",
                table: "approvals");

            migrationBuilder.DropColumn(
                name: "action",
                table: "approvals");

            migrationBuilder.DropColumn(
                name: "agent",
                table: "approvals");

            migrationBuilder.DropColumn(
                name: "decided_voter",
                table: "approvals");

            migrationBuilder.DropColumn(
                name: "deliver_at",
                table: "approvals");

            migrationBuilder.DropColumn(
                name: "grace",
                table: "approvals");

            migrationBuilder.DropColumn(
                name: "info_asked_by",
                table: "approvals");

            migrationBuilder.DropColumn(
                name: "rule_id",
                table: "approvals");
        }
    }
}
