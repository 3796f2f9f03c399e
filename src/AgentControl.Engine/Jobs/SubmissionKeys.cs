using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Jobs;

/// <summary>Remembers <c>Idempotency-Key</c>s in the transaction of what they made, as the IETF draft asks.</summary>
internal static class SubmissionKeys
{
    public abstract record Claim
    {
        /// <summary>The first request with this key.</summary>
        public sealed record First : Claim;

        public sealed record Replayed(Guid ResultId) : Claim;

        public sealed record OtherBody : Claim;

        /// <summary>The first request is still under way.</summary>
        public sealed record Busy : Claim;
    }

    public static async Task<Claim> ClaimAsync(
        NpgsqlConnection connection,
        IdempotencyKey key,
        Guid resultId,
        CancellationToken cancellationToken
    )
    {
        // Not waiting for the first one's commit: a second request learns at once that the first is in flight.
        var alone = await Sql.ScalarAsync<bool>(
            connection,
            "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))",
            $"{key.Caller}\u001f{key.Route}\u001f{key.Key}"
        );
        if (!alone)
            return new Claim.Busy();
        await using (
            var known = Sql.Command(
                connection,
                "SELECT result_id, body_hash FROM submission_keys WHERE caller = $1 AND route = $2 AND key = $3",
                key.Caller,
                key.Route,
                key.Key
            )
        )
        await using (var reader = await known.ExecuteReaderAsync(cancellationToken))
        {
            if (await reader.ReadAsync(cancellationToken))
                return reader.GetFieldValue<byte[]>(1).AsSpan().SequenceEqual(key.BodyHash)
                    ? new Claim.Replayed(reader.GetGuid(0))
                    : new Claim.OtherBody();
        }
        await Sql.ExecuteAsync(
            connection,
            "INSERT INTO submission_keys (caller, route, key, body_hash, result_id, at) VALUES ($1, $2, $3, $4, $5, ac_now())",
            key.Caller,
            key.Route,
            key.Key,
            key.BodyHash,
            resultId
        );
        return new Claim.First();
    }
}
