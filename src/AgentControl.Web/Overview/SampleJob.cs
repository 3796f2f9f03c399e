using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Jobs.New;

namespace AgentControl.Web.Overview;

/// <summary>The first job of a new installation: the sample contracts through the contract pipeline.</summary>
internal sealed class SampleJob(JobStarter starter)
{
    public bool Exists => starter.Agents.Any(a => a.Name == JobStarter.FirstAgent);

    /// <summary>The job's id, or why it was not started.</summary>
    public async Task<(Guid? Id, string? Problem)> StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await starter.PutSamplesAsync(WorkspaceName.Default, cancellationToken);
            var job = new JobSubmission
            {
                Agent = JobStarter.FirstAgent,
                Name = "sample-contracts",
                Input = JsonSerializer.SerializeToElement(
                    new { folder = NewJobView.SampleFolder, approval = "summary" }
                ),
            };
            return await starter.StartAsync(job, cancellationToken) switch
            {
                SubmitOutcome.Accepted accepted => (accepted.Id, null),
                SubmitOutcome.Invalid invalid => (null, string.Join(" ", invalid.Errors.SelectMany(e => e.Value))),
                _ => (null, "The sample job was not started. Try again."),
            };
        }
        catch (AccessDeniedException)
        {
            return (null, "Starting a job needs the Operator role.");
        }
    }
}
