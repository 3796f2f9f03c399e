using System.Security.Claims;
using AgentControl.Engine.Access;
using AgentControl.Engine.Notifications;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Notifications;

/// <summary>When the caller's news are mailed together.</summary>
/// <param name="Digest">null where they are mailed one by one.</param>
internal sealed record OwnDigest(DigestWish? Digest);

/// <summary>How a person, or the owner of a key, is told by e-mail, over REST.</summary>
internal static class DigestEndpoints
{
    public static void MapDigest(this IEndpointRouteBuilder routes)
    {
        var digest = routes
            .MapGroup("/api/v1/notifications/digest")
            .WithTags("Notifications")
            .RequireAuthorization(Policies.Viewer);
        digest
            .MapGet("/", GetAsync)
            .WithName("GetOwnDigest")
            .WithSummary("When your news, or those of the owner of the key, are mailed together")
            .Takes();
        digest
            .MapPut("/", SaveAsync)
            .WithName("SaveOwnDigest")
            .WithSummary("Have your news mailed together each day or hour; what needs a person is mailed at once")
            .Accepts<DigestWish>("application/json")
            .Takes();
        digest
            .MapDelete("/", DeleteAsync)
            .WithName("DeleteOwnDigest")
            .WithSummary("Have your news mailed one by one again, as rules say")
            .Takes();
    }

    private static async Task<Results<Ok<OwnDigest>, ProblemHttpResult>> GetAsync(
        ClaimsPrincipal user,
        Profiles profiles,
        CancellationToken cancellationToken
    ) =>
        user.RequireCaller().PersonId is { } person
            ? TypedResults.Ok(new OwnDigest(await profiles.DigestAsync(person, cancellationToken)))
            : NoPerson();

    private static async Task<Results<Ok<OwnDigest>, ProblemHttpResult>> SaveAsync(
        JsonBody<DigestWish> body,
        ClaimsPrincipal user,
        Profiles profiles,
        CancellationToken cancellationToken
    )
    {
        var caller = user.RequireCaller();
        if (caller.PersonId is not { } person)
            return NoPerson();
        var errors = await profiles.SaveDigestAsync(caller, body.Value, cancellationToken);
        if (errors.Count > 0)
            return Problems.BadFields(
                errors.ToDictionary(e => e.Key["digest.".Length..], e => e.Value, StringComparer.Ordinal)
            );
        return TypedResults.Ok(new OwnDigest(await profiles.DigestAsync(person, cancellationToken)));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        ClaimsPrincipal user,
        Profiles profiles,
        CancellationToken cancellationToken
    )
    {
        var caller = user.RequireCaller();
        if (caller.PersonId is null)
            return NoPerson();
        await profiles.SaveDigestAsync(caller, wish: null, cancellationToken);
        return TypedResults.NoContent();
    }

    private static ProblemHttpResult NoPerson() =>
        Problems.Conflict(
            "notification.noPerson",
            "News are mailed to people, and nobody owns this key. Use a key that a person made."
        );
}
