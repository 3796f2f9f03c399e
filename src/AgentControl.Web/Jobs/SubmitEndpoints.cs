using System.Security.Claims;
using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using Activity = System.Diagnostics.Activity;

namespace AgentControl.Web.Jobs;

/// <summary>Submitting jobs over REST. 201 is answered after the commit.</summary>
internal static class SubmitEndpoints
{
    public const string DefaultWorkspace = "default";

    /// <summary>64 MiB of inputs and their envelope.</summary>
    private static readonly BodyLimit _batchLimit = new(65 * 1024 * 1024, "items");

    public static void MapSubmit(this IEndpointRouteBuilder routes)
    {
        var jobs = routes.MapGroup("/api/v1/jobs").WithTags("Jobs").RequireAuthorization(Policies.Operator);
        jobs.MapPost("/", SubmitAsync)
            .WithName("SubmitJob")
            .WithSummary("Submit a job; an Idempotency-Key makes it safe to send again")
            .Accepts<SubmitJobRequest>("application/json");
        jobs.MapPost("/batch", SubmitBatchAsync)
            .WithName("SubmitBatch")
            .WithSummary("Submit a job for each input: all or none")
            .Accepts<SubmitBatchRequest>("application/json")
            .WithMetadata(_batchLimit);
    }

    private static async Task<Results<Created<JobView>, Ok<JobView>, ProblemHttpResult>> SubmitAsync(
        JsonBody<SubmitJobRequest> body,
        HttpContext context,
        JobCommands commands,
        JobQueries jobs,
        WorkspaceStore workspaces,
        CancellationToken cancellationToken
    )
    {
        var caller = context.User.RequireCaller();
        if (await RefuseAsync(body.Value, caller, workspaces, cancellationToken) is { } refusal)
            return refusal;
        var (key, problem) = Idempotency.Read(context.Request, caller, body.Sha256);
        if (problem is not null)
            return problem;
        var outcome = await commands.SubmitAsync(
            body.Value.ToSubmission(Activity.Current?.Id),
            caller.Actor,
            key,
            cancellationToken
        );
        return await AnswerAsync(outcome, context, jobs, cancellationToken);
    }

    private static async Task<Results<Created<BatchContract>, Ok<BatchContract>, ProblemHttpResult>> SubmitBatchAsync(
        JsonBody<SubmitBatchRequest> body,
        HttpContext context,
        JobCommands commands,
        WorkspaceStore workspaces,
        CancellationToken cancellationToken
    )
    {
        var caller = context.User.RequireCaller();
        var shared = body.Value.Shared();
        if (await RefuseAsync(shared, caller, workspaces, cancellationToken) is { } refusal)
            return refusal;
        if (body.Value.Items is not { Count: > 0 } items)
            return Problems.BadField("items", "Give a list of inputs, one for each job.");
        var (key, problem) = Idempotency.Read(context.Request, caller, body.Sha256);
        if (problem is not null)
            return problem;
        var batch = new BatchSubmission(shared.ToSubmission(Activity.Current?.Id), items);
        var outcome = await commands.SubmitBatchAsync(batch, caller.Actor, key, cancellationToken);
        if (outcome is not SubmitOutcome.AcceptedBatch accepted)
            return Refused(outcome);
        var contract = new BatchContract(accepted.BatchId, accepted.Jobs);
        if (!accepted.Replayed)
            return TypedResults.Created($"/api/v1/jobs?batchId={accepted.BatchId}", contract);
        context.Response.Headers[Idempotency.Replayed] = "true";
        return TypedResults.Ok(contract);
    }

    /// <summary>201 with the job, or 200 where the same key and body came before.</summary>
    public static async Task<Results<Created<JobView>, Ok<JobView>, ProblemHttpResult>> AnswerAsync(
        SubmitOutcome outcome,
        HttpContext context,
        JobQueries jobs,
        CancellationToken cancellationToken
    )
    {
        if (outcome is not SubmitOutcome.Accepted accepted)
            return Refused(outcome);
        var job = await jobs.FindAsync(accepted.Id, cancellationToken);
        if (job is null)
            return JobDoor.NotFound(accepted.Id.ToString());
        if (!accepted.Replayed)
            return TypedResults.Created($"/api/v1/jobs/{job.Id}", job);
        context.Response.Headers[Idempotency.Replayed] = "true";
        return TypedResults.Ok(job);
    }

    /// <summary>What is looked at before the engine is asked: who may submit there, and whether there is such a place.</summary>
    public static async Task<ProblemHttpResult?> RefuseAsync(
        SubmitJobRequest request,
        Caller caller,
        WorkspaceStore workspaces,
        CancellationToken cancellationToken
    )
    {
        if (JobContracts.Missing(request) is { } missing)
            return missing;
        var workspace = request.Workspace ?? DefaultWorkspace;
        caller.Require(Role.Operator, workspace);
        return await workspaces.ExistsAsync(workspace, cancellationToken)
            ? null
            : Problems.BadField("workspace", $"There is no workspace {workspace}. GET /api/v1/workspaces lists them.");
    }

    public static ProblemHttpResult Refused(SubmitOutcome outcome) =>
        outcome switch
        {
            SubmitOutcome.Invalid invalid => Problems.BadFields(invalid.Errors),
            SubmitOutcome.TooLarge large => Problems.TooLarge(large.Field, large.Message),
            SubmitOutcome.KeyReused => Idempotency.Reused(),
            SubmitOutcome.InFlight => Idempotency.InFlight(),
            _ => throw new InvalidOperationException($"No answer for {outcome.GetType().Name}."),
        };
}
