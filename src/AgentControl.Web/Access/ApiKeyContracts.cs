using AgentControl.Engine.Access;

namespace AgentControl.Web.Access;

/// <summary>The body of <c>POST /keys</c>.</summary>
/// <param name="Role">viewer, operator, approver or admin.</param>
/// <param name="Workspace">Where; all workspaces when left out.</param>
/// <param name="OwnerId">The person it belongs to; a program's own key when left out.</param>
internal sealed record NewApiKeyRequest(
    string? Name,
    string? Role,
    string? Workspace,
    Guid? OwnerId,
    DateTimeOffset? ExpiresAt
);

/// <summary>A key as it is listed.</summary>
internal sealed record ApiKeyContract(
    Guid Id,
    string Name,
    string Prefix,
    string Role,
    string Workspace,
    Guid? OwnerId,
    string? OwnerName,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt,
    DateTimeOffset? LastUsedAt
)
{
    public static ApiKeyContract From(ApiKeyInfo key) =>
        new(
            key.Id,
            key.Name,
            key.Prefix,
            RoleNames.Name(key.Role),
            key.Workspace,
            key.OwnerId,
            key.OwnerName,
            key.CreatedAt,
            key.ExpiresAt,
            key.RevokedAt,
            key.LastUsedAt
        );
}

/// <summary>A key that was made just now. <c>Secret</c> is shown this once.</summary>
internal sealed record CreatedApiKeyContract(string Secret, ApiKeyContract Key);

internal sealed record ApiKeyListContract(IReadOnlyList<ApiKeyContract> Items, string? NextCursor);
