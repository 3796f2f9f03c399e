using System.Text.Json;
using AgentControl.Core.Json;
using AgentControl.Engine.Storage;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Workspaces;

/// <summary>Who is named in a comment: only people who may look into its workspace, and groups with such people.</summary>
internal static class MentionStore
{
    /// <summary>$1: the workspace. Everybody who may look into it, each with their groups.</summary>
    private const string PeopleSql = """
        SELECT p.id, p.display_name, coalesce(p.email, ''), ARRAY(SELECT m.group_name FROM group_members m WHERE m.person_id = p.id)
          FROM users p
         WHERE p.disabled_at IS NULL AND EXISTS (
               SELECT 1 FROM grants g WHERE g.principal_kind = 'person' AND g.principal_id = p.id AND g.role <> 'display' AND g.workspace IN ($1, '*'))
         ORDER BY lower(p.display_name), p.id
        """;

    public sealed record Reader(Guid Id, string Name, string Email, string[] Groups)
    {
        /// <summary>The part of the address before its @.</summary>
        public string Local => Email[..Math.Max(0, Email.IndexOf('@', StringComparison.Ordinal))];
    }

    /// <summary>The names in a text, and the people behind them, each once.</summary>
    public static async Task<(IReadOnlyList<Mention> Mentions, IReadOnlyList<Guid> People)> ResolveAsync(
        NpgsqlConnection connection,
        string workspace,
        string markdown,
        CancellationToken cancellationToken
    )
    {
        if (!markdown.Contains('@', StringComparison.Ordinal))
            return ([], []);
        var readers = await ReadersAsync(connection, workspace, cancellationToken);
        var found = MentionText.Find(markdown, Names(readers));
        return (
            [
                .. found
                    .Select(f => f.Target with { Text = f.Text })
                    .DistinctBy(m => (m.Kind, m.Name, m.Text.ToUpperInvariant())),
            ],
            [
                .. found
                    .SelectMany(f =>
                        readers.Where(r =>
                            f.Target.Kind == Mention.PersonKind
                                ? r.Name == f.Target.Name
                                : r.Groups.Contains(f.Target.Name, StringComparer.Ordinal)
                        )
                    )
                    .Select(r => r.Id)
                    .Distinct(),
            ]
        );
    }

    /// <summary>Everybody who may look into a workspace, by name.</summary>
    public static async Task<IReadOnlyList<Reader>> ReadersAsync(
        NpgsqlConnection connection,
        string workspace,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(connection, PeopleSql, workspace);
        var readers = new List<Reader>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            readers.Add(new(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetFieldValue<string[]>(3)));
        return readers;
    }

    /// <summary>Remembers whom a new comment names, to be told once. Who wrote it is not told.</summary>
    public static async Task KeepAsync(
        NpgsqlConnection connection,
        Guid comment,
        IEnumerable<Guid> people,
        Guid? author,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            "INSERT INTO comment_mentions (comment_id, person_id) SELECT $1, unnest($2) ON CONFLICT DO NOTHING",
            comment,
            people.Where(p => p != author).ToArray()
        );
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static NpgsqlParameter Parameter(IReadOnlyList<Mention> mentions) =>
        new()
        {
            NpgsqlDbType = NpgsqlDbType.Text,
            Value = mentions.Count == 0 ? DBNull.Value : JsonSerializer.Serialize(mentions, JournalJson.Options),
        };

    public static IReadOnlyList<Mention> Read(string? json) =>
        json is not null && JsonSerializer.Deserialize<Mention[]>(json, JournalJson.Options) is { Length: > 0 } named
            ? named
            : [];

    /// <summary>A display name, an address and a group stand before the first part of an address; what means two people means nobody.</summary>
    private static Dictionary<string, Mention> Names(IReadOnlyList<Reader> readers)
    {
        var names = new Dictionary<string, Mention>(StringComparer.OrdinalIgnoreCase);
        var people = readers.Select(r => (r, new Mention(Mention.PersonKind, r.Name, ""))).ToList();
        Add(people.Select(p => (p.r.Name, p.Item2)));
        Add(people.Select(p => (p.r.Email, p.Item2)));
        Add(
            readers
                .SelectMany(r => r.Groups)
                .Distinct(StringComparer.Ordinal)
                .Select(g => (g, new Mention(Mention.GroupKind, g, "")))
        );
        Add(people.Select(p => (p.r.Local, p.Item2)));
        return names;

        void Add(IEnumerable<(string Name, Mention Mention)> more)
        {
            foreach (
                var same in more.Where(m => m.Name.Length > 0).GroupBy(m => m.Name, StringComparer.OrdinalIgnoreCase)
            )
                if (same.Count() == 1)
                    names.TryAdd(same.Key, same.First().Mention);
        }
    }
}
