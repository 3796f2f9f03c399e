using AgentControl.Core.Jobs;
using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Web.Hosting;

namespace AgentControl.Web.Jobs;

/// <summary>The filters of <c>GET /jobs</c>.</summary>
internal static class JobListQuery
{
    private static readonly string[] _states = [.. Enum.GetValues<JobState>().Select(s => s.Word())];

    public static readonly (string Name, string What)[] Parameters =
    [
        ("state", "Repeatable: " + string.Join(", ", _states)),
        ("label", "Repeatable: " + string.Join(", ", JobLabel.All)),
        ("agent", "The agent's name"),
        ("queue", "The queue's name"),
        ("tag", "Repeatable: all of them must be there"),
        ("workspace", "The workspace's name"),
        ("parentId", "Only children of this job"),
        ("batchId", "Only jobs of this batch"),
        ("schedule", "Only jobs that this schedule started"),
        ("q", "The beginning of the name or of an id"),
        ("search", "A search line as on the jobs page, such as agent:invoice state:failed older:2h"),
        ("submittedAfter", "An instant"),
        ("submittedBefore", "An instant"),
    ];

    public static JobFilter Read(QueryReader query, Caller caller)
    {
        var (line, problems) = JobSearch.Parse(query.Text("search"));
        if (problems.Count > 0)
            query.Refuse("search", [.. problems]);
        return (
            line with
            {
                States = [.. line.States, .. query.Words("state", _states)],
                Labels = [.. line.Labels, .. query.Words("label", JobLabel.All)],
                Agent = query.Text("agent") ?? line.Agent,
                Queue = query.Text("queue") ?? line.Queue,
                Tags = [.. line.Tags, .. query.Words("tag")],
                Workspace = query.Text("workspace") ?? line.Workspace,
                ParentId = query.Id("parentId") ?? line.ParentId,
                BatchId = query.Id("batchId") ?? line.BatchId,
                Schedule = query.Text("schedule") ?? line.Schedule,
                Text = query.Text("q") ?? line.Text,
                SubmittedAfter = query.Instant("submittedAfter"),
                SubmittedBefore = query.Instant("submittedBefore"),
                Visible = caller.Workspaces,
            }
        ).AskedBy(caller.Actor.Name);
    }
}
