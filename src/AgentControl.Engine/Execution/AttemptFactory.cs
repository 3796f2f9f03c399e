using AgentControl.Core.Agents;
using AgentControl.Core.Anomalies;
using AgentControl.Core.Approvals;
using AgentControl.Core.Events;
using AgentControl.Core.Steps;
using AgentControl.Engine.Anomalies;
using AgentControl.Engine.Events;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Recording;
using AgentControl.Engine.Waits;

namespace AgentControl.Engine.Execution;

/// <summary>Makes contexts, and the engine's own question where code and journal disagree.</summary>
internal sealed class AttemptFactory(AttemptParts parts)
{
    public IJobContext Create(Attempt attempt, Scope root) => new JobContext(attempt, root, parts);

    public AttemptWatch Watch(LeasedJob job, Journal journal) => new(parts.History, job, journal);

    /// <summary>Parks the job with a question; after an answer the same code runs again, so a fixed program can go on.</summary>
    public async Task<EndRecord?> AskNonDeterminismAsync(Attempt attempt, NonDeterminismException problem)
    {
        var key = $"{Journal.DivergenceMark}{attempt.Job.Epoch}";
        var request = new ApprovalRequest
        {
            Kind = ApprovalKinds.NonDeterminism,
            Title = "The code no longer fits its journal",
            Body =
                $"{problem.Message}\n\nApprove to run the job again (after the program was mended), reject to cancel it.",
            Content = problem.Message,
            ContentType = "text/plain",
            OnReject = ApprovalRejection.Cancel,
        };
        var wait = new OpenWait(key, key, "approval", request.Title)
        {
            Approval = request,
            ApprovalId = StepIds.Guid(attempt.Job.Id, key),
        };
        var anomaly = new EventRecord(
            EventTypes.Anomaly,
            problem.Message,
            EventData.Of(
                new
                {
                    kind = AnomalyKinds.NonDeterminism,
                    cause = "contradiction",
                    step = problem.Key,
                    key = problem.Key,
                }
            ),
            "error"
        );
        await parts.Waits.OpenAsync(attempt.Pen, attempt.Job, [wait], [anomaly]);
        return AttemptEnds.Parked(attempt);
    }
}
