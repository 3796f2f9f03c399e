using System.Security.Claims;
using AgentControl.Engine.Access;
using AgentControl.Engine.Notifications;
using AgentControl.Engine.Paging;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Notifications;

/// <summary>The body of <c>POST /notifications/rules</c> and of <c>PUT /notifications/rules/{id}</c>.</summary>
/// <param name="On">needsPerson, started, completed, failed, anomaly, mentioned.</param>
/// <param name="Agents">Only jobs of these; left out: any. So with tags and workspaces.</param>
/// <param name="Tell">For e-mail: owner, approvers, members, mentioned and addresses.</param>
/// <param name="Channel">A channel's name, or inApp for the feed.</param>
/// <param name="Enabled">true where it is left out.</param>
/// <param name="EveryMinutes">The status of a running job each so many minutes.</param>
/// <param name="EveryPercent">The status of a running job each so many percent.</param>
/// <param name="CommentOnResult">A job that completes or fails is commented on at its result file.</param>
/// <param name="Digest">Tell the news together, each day or each hour; null for one by one.</param>
internal sealed record NotificationRuleRequest(
    IReadOnlyList<string>? On,
    IReadOnlyList<string>? Agents,
    IReadOnlyList<string>? Tags,
    IReadOnlyList<string>? Workspaces,
    IReadOnlyList<string>? Tell,
    string? Channel,
    bool? Enabled,
    int? EveryMinutes,
    int? EveryPercent,
    bool? CommentOnResult,
    DigestWish? Digest
)
{
    public NotificationRuleDraft Draft =>
        new(
            On ?? [],
            Agents ?? [],
            Tags ?? [],
            Workspaces ?? [],
            Tell ?? [],
            Channel ?? "",
            Enabled ?? true,
            EveryMinutes,
            EveryPercent,
            CommentOnResult ?? false,
            Digest
        );
}

/// <summary>The body of <c>PUT /notifications/channels/{name}</c>.</summary>
/// <param name="Type">slack, email or webhook.</param>
/// <param name="Settings">By the keys of the configuration, such as webhookUrl. A secret that is left out stays as it is.</param>
internal sealed record OwnChannelRequest(string? Type, IReadOnlyDictionary<string, string>? Settings);

/// <summary>Rules and channels that admins keep, over REST.</summary>
internal static class NotificationRuleEndpoints
{
    public static void MapNotificationRules(this IEndpointRouteBuilder routes)
    {
        var rules = routes
            .MapGroup("/api/v1/notifications/rules")
            .WithTags("Notifications")
            .RequireAuthorization(Policies.Admin);
        rules
            .MapGet("/", ListAsync)
            .WithName("ListNotificationRules")
            .WithSummary("Who is told of what by which channel, beside what channels of the configuration tell")
            .Takes();
        rules
            .MapPost("/", MakeAsync)
            .WithName("MakeNotificationRule")
            .WithSummary("Tell of some news by a channel, from now on")
            .Accepts<NotificationRuleRequest>("application/json")
            .Takes();
        rules
            .MapPut("/{id:guid}", ChangeAsync)
            .WithName("ChangeNotificationRule")
            .WithSummary("Change a rule as a whole, or switch it off")
            .Accepts<NotificationRuleRequest>("application/json")
            .Takes();
        rules
            .MapDelete("/{id:guid}", DeleteAsync)
            .WithName("DeleteNotificationRule")
            .WithSummary("Delete a rule; what waits is still sent")
            .Takes();
        var channels = routes
            .MapGroup("/api/v1/notifications/channels")
            .WithTags("Notifications")
            .RequireAuthorization(Policies.Admin);
        channels
            .MapPut("/{name}", SaveChannelAsync)
            .WithName("SaveNotificationChannel")
            .WithSummary("Make a channel or change it; secrets are encrypted and never shown")
            .Accepts<OwnChannelRequest>("application/json")
            .Takes();
        channels
            .MapDelete("/{name}", DeleteChannelAsync)
            .WithName("DeleteNotificationChannel")
            .WithSummary("Delete a channel that no rule tells by")
            .Takes();
    }

    private static async Task<Ok<Page<NotificationRuleView>>> ListAsync(
        NotificationRules rules,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(new Page<NotificationRuleView>(await rules.ListAsync(cancellationToken), null));

    private static async Task<Results<Created<NotificationRuleView>, ProblemHttpResult>> MakeAsync(
        JsonBody<NotificationRuleRequest> body,
        ClaimsPrincipal user,
        NotificationRules rules,
        CancellationToken cancellationToken
    ) =>
        await rules.SaveAsync(null, body.Value.Draft, user.RequireCaller(), cancellationToken) switch
        {
            NotificationOutcome<NotificationRuleView>.Saved made => TypedResults.Created(
                $"/api/v1/notifications/rules/{made.Value.Id}",
                made.Value
            ),
            NotificationOutcome<NotificationRuleView>.Invalid invalid => Problems.BadFields(invalid.Errors),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };

    private static async Task<Results<Ok<NotificationRuleView>, ProblemHttpResult>> ChangeAsync(
        Guid id,
        JsonBody<NotificationRuleRequest> body,
        ClaimsPrincipal user,
        NotificationRules rules,
        CancellationToken cancellationToken
    ) =>
        await rules.SaveAsync(id, body.Value.Draft, user.RequireCaller(), cancellationToken) switch
        {
            NotificationOutcome<NotificationRuleView>.Saved saved => TypedResults.Ok(saved.Value),
            NotificationOutcome<NotificationRuleView>.Invalid invalid => Problems.BadFields(invalid.Errors),
            _ => Problems.NotFound($"rule {id}"),
        };

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        Guid id,
        ClaimsPrincipal user,
        NotificationRules rules,
        CancellationToken cancellationToken
    ) =>
        await rules.DeleteAsync(id, user.RequireCaller(), cancellationToken)
            ? TypedResults.NoContent()
            : Problems.NotFound($"rule {id}");

    private static async Task<Results<Ok<OwnChannelView>, ProblemHttpResult>> SaveChannelAsync(
        string name,
        JsonBody<OwnChannelRequest> body,
        ClaimsPrincipal user,
        OwnChannels channels,
        CancellationToken cancellationToken
    ) =>
        await channels.SaveAsync(
            name,
            body.Value.Type ?? "",
            body.Value.Settings ?? new Dictionary<string, string>(StringComparer.Ordinal),
            user.RequireCaller(),
            cancellationToken
        ) switch
        {
            NotificationOutcome<OwnChannelView>.Saved saved => TypedResults.Ok(saved.Value),
            NotificationOutcome<OwnChannelView>.Invalid invalid => Problems.BadFields(invalid.Errors),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteChannelAsync(
        string name,
        ClaimsPrincipal user,
        OwnChannels channels,
        CancellationToken cancellationToken
    ) =>
        await channels.DeleteAsync(name, user.RequireCaller(), cancellationToken) switch
        {
            NotificationOutcome<bool>.Saved => TypedResults.NoContent(),
            NotificationOutcome<bool>.Invalid invalid => Problems.BadFields(invalid.Errors),
            _ => Problems.NotFound($"channel {name} that was made here"),
        };
}
