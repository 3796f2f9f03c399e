using System.Security.Claims;
using AgentControl.Engine.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Access;

/// <summary>Keys over REST, for admins.</summary>
internal static class ApiKeysEndpoints
{
    public static void MapApiKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/api/v1/keys").WithTags("Keys").RequireAuthorization(Policies.Admin);
        keys.MapGet("/", ListAsync)
            .WithName("ListKeys")
            .WithSummary("The API keys, newest first, without their secrets");
        keys.MapPost("/", CreateAsync)
            .WithName("CreateKey")
            .WithSummary("Make a key; the answer shows its secret this once")
            .Accepts<NewApiKeyRequest>("application/json");
        keys.MapDelete("/{id:guid}", RevokeAsync).WithName("RevokeKey").WithSummary("Revoke a key at once");
    }

    private static async Task<Ok<ApiKeyListContract>> ListAsync(
        ClaimsPrincipal user,
        ApiKeys keys,
        CancellationToken cancellationToken
    )
    {
        var all = await keys.ListAsync(user.RequireCaller(), cancellationToken);
        return TypedResults.Ok(new ApiKeyListContract([.. all.Select(ApiKeyContract.From)], null));
    }

    private static async Task<Results<Created<CreatedApiKeyContract>, ValidationProblem>> CreateAsync(
        JsonBody<NewApiKeyRequest> body,
        ClaimsPrincipal user,
        HttpContext context,
        ApiKeys keys,
        CancellationToken cancellationToken
    )
    {
        var request = body.Value;
        var key = new NewApiKey(request.Name, RoleNames.Parse(request.Role))
        {
            Workspace = request.Workspace ?? Caller.Everywhere,
            OwnerId = request.OwnerId,
            ExpiresAt = request.ExpiresAt,
        };
        var outcome = await keys.CreateAsync(user.RequireCaller(), key, cancellationToken);
        if (outcome is ApiKeyOutcome.Created created)
        {
            context.Response.Headers.CacheControl = "no-store";
            var contract = ApiKeyContract.From(created.Key);
            return TypedResults.Created(
                $"/api/v1/keys/{contract.Id}",
                new CreatedApiKeyContract(created.Secret, contract)
            );
        }
        var errors = ((ApiKeyOutcome.Invalid)outcome).Errors;
        return TypedResults.ValidationProblem(errors, extensions: [new("code", "invalid")]);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(
        Guid id,
        ClaimsPrincipal user,
        ApiKeys keys,
        CancellationToken cancellationToken
    ) =>
        await keys.RevokeAsync(user.RequireCaller(), id, cancellationToken)
            ? TypedResults.NoContent()
            : TypedResults.Problem(
                "There is no key with this id.",
                statusCode: StatusCodes.Status404NotFound,
                title: "Not found",
                extensions: [new KeyValuePair<string, object?>("code", "notFound")]
            );
}
