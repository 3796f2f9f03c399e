using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Audit;

/// <summary>How the chain of the audit log stands.</summary>
/// <param name="Lines">Lines that were read and hold, from the first one on.</param>
/// <param name="Head">The chain's end as <c>number:hash</c>, to be noted down outside of the database.</param>
/// <param name="Broken">The first line that does not hold, and what happened to it; null where the chain is whole.</param>
public sealed record AuditChainState(long Lines, string Head, string? Broken);

/// <summary>
/// Reads the audit log from its first line and computes each hash anew. A changed line, a missing one, one that was put in or moved,
/// and an end that was cut off are told apart. Lines stream through: the memory that it takes does not grow with the log.
/// </summary>
public sealed class AuditChain(NpgsqlDataSource database)
{
    private const string Columns =
        "seq, hash, id::text, (extract(epoch FROM at) * 1000000)::bigint::text, actor, actor_name, origin, action, target, target_name, before, after";
    private const int FirstText = 2;
    private const int LastText = 11;

    /// <param name="noted">An end of the chain that was noted down earlier, <c>number:hash</c>: the log must still contain it.</param>
    public async Task<AuditChainState> VerifyAsync(string? noted, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var snapshot = await connection.BeginTransactionAsync(
            System.Data.IsolationLevel.RepeatableRead,
            cancellationToken
        );
        await Sql.ExecuteAsync(connection, "SET TRANSACTION READ ONLY");
        var head = await HeadAsync(connection, cancellationToken);
        var loose = await Sql.ScalarAsync<string>(
            connection,
            "SELECT id::text FROM audit_log WHERE seq IS NULL OR hash IS NULL ORDER BY at LIMIT 1"
        );
        var wanted = Noted(noted);
        var (before, expected) = (new byte[SHA256.HashSizeInBytes], 1L);
        var broken = (string?)null;
        await using (var lines = await ReadAsync(connection, "WHERE seq IS NOT NULL ORDER BY seq", cancellationToken))
        {
            while (broken is null && await lines.Reader.ReadAsync(cancellationToken))
            {
                var line = Line(lines.Reader);
                if (line.Seq != expected)
                {
                    broken = $"line {expected} is missing";
                    break;
                }
                var link = line.Hash(before);
                if (!link.AsSpan().SequenceEqual(line.Stored))
                {
                    broken = $"line {expected} was changed ({line.Told})";
                    break;
                }
                if (wanted is { } mark && mark.Seq == expected && !mark.Hash.AsSpan().SequenceEqual(link))
                    broken = $"line {expected} is not the one that was noted";
                else
                    (before, expected) = (link, expected + 1);
            }
        }
        if (broken is not null)
            broken = await MovedAsync(connection, before, expected, cancellationToken) ?? broken;
        else if (loose is not null)
            broken = $"the line with the id {loose} was put in without a place in the chain";
        else
            broken = End(head, expected - 1, before, wanted);
        return new(expected - 1, $"{expected - 1}:{Convert.ToHexStringLower(before)}", broken);
    }

    private static string? End((long Seq, byte[] Hash)? head, long last, byte[] hash, (long Seq, byte[] Hash)? noted)
    {
        if (head is not { } known)
            return "the row that keeps the end of the chain is missing";
        if (known.Seq > last)
            return last + 1 == known.Seq
                ? $"line {known.Seq} is missing at the end"
                : $"lines {last + 1} to {known.Seq} are missing at the end";
        if (known.Seq < last)
            return $"line {known.Seq + 1} was put in behind the end of the chain";
        if (!known.Hash.AsSpan().SequenceEqual(hash))
            return "the row that keeps the end of the chain was changed";
        return noted is { } mark && mark.Seq > last
            ? $"lines {last + 1} to {mark.Seq} are missing at the end: {mark.Seq} lines were noted"
            : null;
    }

    /// <summary>Whether the line that belongs here stands elsewhere: its content fits behind the line before.</summary>
    private static async Task<string?> MovedAsync(
        NpgsqlConnection connection,
        byte[] before,
        long place,
        CancellationToken cancellationToken
    )
    {
        var here = await Sql.ScalarAsync<byte[]>(connection, "SELECT hash FROM audit_log WHERE seq = $1", place);
        await using var lines = await ReadAsync(connection, "", cancellationToken);
        while (await lines.Reader.ReadAsync(cancellationToken))
        {
            var line = Line(lines.Reader);
            var link = line.Hash(before);
            var isIt =
                link.AsSpan().SequenceEqual(line.Stored) || (here is not null && link.AsSpan().SequenceEqual(here));
            if (isIt && line.Seq != place)
                return $"line {place} was moved to {line.Seq?.ToString(CultureInfo.InvariantCulture) ?? "no place"} ({line.Told})";
        }
        return null;
    }

    private static async Task<(long Seq, byte[] Hash)?> HeadAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(connection, "SELECT seq, hash FROM audit_head WHERE id = 1");
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? (row.GetInt64(0), (byte[])row[1]) : null;
    }

    /// <summary>Whether it is an end of the chain as <c>verify</c> prints it.</summary>
    public static bool IsHead(string? text) => Noted(text) is not null;

    private static (long Seq, byte[] Hash)? Noted(string? text) =>
        text?.Trim().Split(':') is [var number, { Length: 2 * SHA256.HashSizeInBytes } hex]
        && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var seq)
        && hex.All(char.IsAsciiHexDigit)
            ? (seq, Convert.FromHexString(hex))
            : null;

    private static async Task<Lines> ReadAsync(
        NpgsqlConnection connection,
        string which,
        CancellationToken cancellationToken
    )
    {
        var command = new NpgsqlCommand($"SELECT {Columns} FROM audit_log {which}", connection) { CommandTimeout = 0 };
        return new(command, await command.ExecuteReaderAsync(cancellationToken));
    }

    private static ChainedLine Line(NpgsqlDataReader row)
    {
        var texts = new string?[LastText - FirstText + 1];
        for (var column = FirstText; column <= LastText; column++)
            texts[column - FirstText] = row.IsDBNull(column) ? null : row.GetString(column);
        return new(row.IsDBNull(0) ? null : row.GetInt64(0), row.IsDBNull(1) ? [] : (byte[])row[1], texts);
    }

    private sealed record Lines(NpgsqlCommand Command, NpgsqlDataReader Reader) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Reader.DisposeAsync();
            await Command.DisposeAsync();
        }
    }

    /// <summary>A line with what its hash is made of.</summary>
    private sealed record ChainedLine(long? Seq, byte[] Stored, string?[] Texts)
    {
        private const int Action = 5;
        private const int Target = 6;

        public string Told => $"{Texts[Action]} {Texts[Target]}";

        /// <summary>As <c>ac_audit_hash</c> computes it: each text behind its length in bytes.</summary>
        public byte[] Hash(byte[] before)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(before);
            Span<byte> length = stackalloc byte[12];
            foreach (var text in Texts)
            {
                if (text is null)
                {
                    hash.AppendData("-;"u8);
                    continue;
                }
                var bytes = Encoding.UTF8.GetBytes(text);
                Utf8Formatter.TryFormat(bytes.Length, length, out var digits);
                hash.AppendData(length[..digits]);
                hash.AppendData(":"u8);
                hash.AppendData(bytes);
                hash.AppendData(";"u8);
            }
            return hash.GetHashAndReset();
        }
    }
}
