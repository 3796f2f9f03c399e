using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AgentControl.Engine.Storage.Migrations
{
    /// <inheritdoc />
    public partial class DisplayKeys : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "ck_grants_role",
                table: "grants");

            migrationBuilder.AddCheckConstraint(
                name: "ck_grants_role",
                table: "grants",
                sql: "role IN ('display','viewer','operator','approver','admin')");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DELETE FROM grants WHERE role = 'display'");

            migrationBuilder.DropCheckConstraint(
                name: "ck_grants_role",
                table: "grants");

            migrationBuilder.AddCheckConstraint(
                name: "ck_grants_role",
                table: "grants",
                sql: "role IN ('viewer','operator','approver','admin')");
        }
    }
}
