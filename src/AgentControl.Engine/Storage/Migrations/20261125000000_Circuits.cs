using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AgentControl.Engine.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Circuits : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "circuits",
                columns: table => new
                {
                    name = table.Column<string>(type: "text", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    probe = table.Column<Guid>(type: "uuid", nullable: true),
                    admitted = table.Column<long>(type: "bigint", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: true),
                    changed_by = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_circuits", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "service_calls",
                columns: table => new
                {
                    service = table.Column<string>(type: "text", nullable: false),
                    second = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    calls = table.Column<int>(type: "integer", nullable: false),
                    failures = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_service_calls", x => new { x.service, x.second });
                });

            migrationBuilder.CreateIndex(
                name: "ix_waits_target",
                table: "waits",
                column: "target",
                filter: "kind = 'service'");

            migrationBuilder.Sql(EngineSchema.Circuits);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP FUNCTION ac_circuit_enter; DROP FUNCTION ac_circuit_count; DROP FUNCTION ac_circuit_close; DROP FUNCTION ac_ramp_places; DROP FUNCTION ac_ramp");

            migrationBuilder.DropTable(
                name: "circuits");

            migrationBuilder.DropTable(
                name: "service_calls");

            migrationBuilder.DropIndex(
                name: "ix_waits_target",
                table: "waits");
        }
    }
}
