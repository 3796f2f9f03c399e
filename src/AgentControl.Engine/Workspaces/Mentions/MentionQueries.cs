using Npgsql;

namespace AgentControl.Engine.Workspaces;

/// <summary>Suggests whom a comment may name.</summary>
public sealed class MentionQueries(NpgsqlDataSource database)
{
    /// <summary>So many are suggested at most.</summary>
    public const int Most = 8;

    /// <summary>People who may look into the workspace and groups with such people, of whose names a word begins so; people first.</summary>
    /// <param name="begun">What stands behind the @; empty for everybody.</param>
    public async Task<IReadOnlyList<MentionChoice>> SuggestAsync(
        string workspace,
        string begun,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(begun);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var readers = await MentionStore.ReadersAsync(connection, workspace, cancellationToken);
        var groups = readers
            .SelectMany(r => r.Groups)
            .GroupBy(g => g, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Where(g => Begins(g.Key, begun))
            .Select(g => new MentionChoice(Mention.GroupKind, g.Key, $"Group of {g.Count()}"));
        return
        [
            .. readers
                .Where(r => Begins(r.Name, begun) || Begins(r.Local, begun))
                .Select(r => new MentionChoice(Mention.PersonKind, r.Name, r.Email))
                .Concat(groups)
                .Take(Most),
        ];
    }

    private static bool Begins(string name, string begun) =>
        name.StartsWith(begun, StringComparison.OrdinalIgnoreCase)
        || name.Split([' ', '-', '.', '_'])
            .Any(word => word.Length > 0 && word.StartsWith(begun, StringComparison.OrdinalIgnoreCase));
}
