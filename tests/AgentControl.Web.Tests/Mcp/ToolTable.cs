using AgentControl.Engine.Access;

namespace AgentControl.Web.Tests.Mcp;

/// <summary>Every tool with the least role that it takes. A new tool must be listed here.</summary>
internal static class ToolTable
{
    // 'there': the answer is about one thing, and the role counts in the workspace of that thing. 'own': it tells what the caller may look into.
    private const string Lines = """
        viewer own list_agents
        viewer own get_agent
        viewer own list_jobs
        viewer own list_approvals
        viewer own list_workspaces
        viewer there get_job
        viewer there get_result
        viewer there get_progress
        viewer there wait_for_job
        viewer there list_steps
        viewer there get_step
        viewer there list_events
        viewer there list_checkpoints
        viewer there read_checkpoint
        viewer there list_files
        viewer there read_file
        viewer there get_approval
        operator there submit_job
        operator there ask_human
        operator there pause_job
        operator there resume_job
        operator there cancel_job
        operator there retry_job
        operator there comment_on_job
        operator there send_signal
        operator there write_file
        approver there decide_approval
        """;

    public static IReadOnlyDictionary<string, (Role Least, bool There)> All { get; } =
        Lines
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split(' '))
            .ToDictionary(
                parts => parts[2],
                parts => (RoleNames.Parse(parts[0])!.Value, parts[1] == "there"),
                StringComparer.Ordinal
            );
}
