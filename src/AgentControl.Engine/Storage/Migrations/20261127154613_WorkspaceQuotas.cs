using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AgentControl.Engine.Storage.Migrations
{
    /// <inheritdoc />
    public partial class WorkspaceQuotas : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "max_bytes",
                table: "workspaces",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "max_files",
                table: "workspaces",
                type: "integer",
                nullable: true);

            migrationBuilder.AddCheckConstraint(
                name: "ck_workspaces_quota",
                table: "workspaces",
                sql: "max_bytes >= 0 AND max_files >= 0");

            migrationBuilder.Sql(EngineSchema.Quotas);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP TRIGGER workspace_file_versions_quota ON workspace_file_versions; DROP FUNCTION ac_hold_quota()");

            migrationBuilder.DropCheckConstraint(
                name: "ck_workspaces_quota",
                table: "workspaces");

            migrationBuilder.DropColumn(
                name: "max_bytes",
                table: "workspaces");

            migrationBuilder.DropColumn(
                name: "max_files",
                table: "workspaces");
        }
    }
}
