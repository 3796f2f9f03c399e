using System.Security.Cryptography;

namespace AgentControl.Web.Shared;

/// <summary>A failed load as a person sees it: a short id that also stands in the log.</summary>
internal sealed record LoadFailure(string Id)
{
    public static LoadFailure Next() => new($"E-{RandomNumberGenerator.GetHexString(4)}");
}
