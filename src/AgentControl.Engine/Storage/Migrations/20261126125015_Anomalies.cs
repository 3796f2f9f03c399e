using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AgentControl.Engine.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Anomalies : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "remind_at",
                table: "approvals",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_approvals_remind_at",
                table: "approvals",
                column: "remind_at",
                filter: "state = 'pending' AND remind_at IS NOT NULL");

            // The newest of all jobs, for the pages. Questions that are open now keep no reminder: an upgrade tells of no old ones.
            migrationBuilder.Sql("CREATE INDEX ix_events_anomaly ON events (at DESC) WHERE type = 'anomaly'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP INDEX ix_events_anomaly");

            migrationBuilder.DropIndex(
                name: "ix_approvals_remind_at",
                table: "approvals");

            migrationBuilder.DropColumn(
                name: "remind_at",
                table: "approvals");
        }
    }
}
