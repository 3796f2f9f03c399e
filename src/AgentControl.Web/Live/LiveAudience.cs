namespace AgentControl.Web.Live;

/// <summary>Clients that may see the same workspaces share their messages.</summary>
/// <param name="Visible">Sorted; null means every workspace.</param>
internal sealed record LiveAudience(string Key, IReadOnlyCollection<string>? Visible)
{
    public static LiveAudience Of(IReadOnlyCollection<string>? visible) =>
        visible is null ? new("*", null) : new(string.Join('\n', visible.Order(StringComparer.Ordinal)), visible);

    public bool Sees(string? workspace) => Visible is null || (workspace is not null && Visible.Contains(workspace));
}
