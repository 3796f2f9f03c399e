using System.Net;
using AgentControl.Web.Tests.Fixtures;
using static AgentControl.Web.Tests.Fixtures.ProblemReading;

namespace AgentControl.Web.Tests.Rest;

public sealed class BadRequestTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    [Theory]
    [InlineData("", "body", "JSON")]
    [InlineData("{", "body", "line 1")]
    [InlineData("null", "body", "object")]
    [InlineData("""{"agent":5}""", "agent", "text in quotes")]
    [InlineData("""{"input":{}}""", "agent", "Name the agent")]
    [InlineData("""{"agent":"nobody"}""", "agent", "No agent")]
    [InlineData("""{"agent":"synthetic","prio":1}""", "prio", "Unknown field")]
    [InlineData("""{"agent":"synthetic","priority":"high"}""", "priority", "whole number")]
    [InlineData("""{"agent":"synthetic","priority":99999}""", "priority", "whole number")]
    [InlineData("""{"agent":"synthetic","tags":"a"}""", "tags", "square brackets")]
    [InlineData("""{"agent":"synthetic","tags":[null]}""", "tags", "text")]
    [InlineData("""{"agent":"synthetic","tags":[5]}""", "tags[0]", "text in quotes")]
    [InlineData("""{"agent":"synthetic","runAt":"soon"}""", "runAt", "ISO 8601")]
    [InlineData("""{"agent":"synthetic","workspace":"nowhere"}""", "workspace", "no workspace")]
    [InlineData("""{"agent":"synthetic","agent":"synthetic"}""", "agent", "twice")]
    [InlineData("""{"agent":"synthetic","input":{"steps":"x"}}""", "input.steps", "")]
    [InlineData("{\"agent\":\"a\\u0000b\"}", "agent", "U+0000")]
    [InlineData("{\"agent\":\"synthetic\",\"tags\":[\"a\\u0000\"]}", "tags", "U+0000")]
    [InlineData("{\"agent\":\"synthetic\",\"input\":{\"a\":\"\\ud800\"}}", "input", "surrogate")]
    [InlineData("{\"agent\":\"synthetic\",\"input\":{\"\\udc00\":1}}", "input", "surrogate")]
    public async Task A_body_that_does_not_fit_names_its_field_and_the_remedy(string body, string field, string remedy)
    {
        using var answer = await program.Admin.SendAsync(Json(HttpMethod.Post, "jobs", body));

        Assert.Contains(remedy, await answer.FieldAsync(field), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("jobs?limit=0", "limit", "1 to 200")]
    [InlineData("jobs?limit=201", "limit", "1 to 200")]
    [InlineData("jobs?limit=ten", "limit", "1 to 200")]
    [InlineData("jobs?cursor=moon", "cursor", "nextCursor")]
    [InlineData("jobs?cursor=%F0%9F%99%82", "cursor", "nextCursor")]
    [InlineData("jobs?state=done", "state", "succeeded")]
    [InlineData("jobs?label=done", "label", "needs_approval")]
    [InlineData("jobs?stat=failed", "stat", "Unknown parameter")]
    [InlineData("jobs?parentId=1", "parentId", "id")]
    [InlineData("jobs?submittedAfter=yesterday", "submittedAfter", "ISO 8601")]
    [InlineData("jobs?q=a%00b", "address", "U+0000")]
    [InlineData("approvals?state=open", "state", "pending")]
    [InlineData("services?foo=1", "foo", "window")]
    [InlineData("services/any?window=1h&x=1", "x", "window")]
    [InlineData("mcp-servers?x=1", "x", "takes none")]
    [InlineData("agents/synthetic/versions?x=1", "x", "takes none")]
    public async Task A_query_that_does_not_fit_names_its_parameter_and_the_remedy(
        string path,
        string field,
        string remedy
    )
    {
        using var answer = await program.Admin.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Contains(remedy, await answer.FieldAsync(field), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("jobs/nobody")]
    [InlineData("jobs/j_0000000000")]
    [InlineData("jobs/0193f7a2-0000-7000-8000-000000000000")]
    [InlineData("jobs/nobody/steps")]
    [InlineData("jobs/nobody/events")]
    [InlineData("jobs/nobody/checkpoints")]
    [InlineData("jobs/nobody/progress")]
    [InlineData("jobs/nobody/standing")]
    [InlineData("jobs/nobody/comments")]
    [InlineData("approvals/nobody")]
    [InlineData("agents/nobody")]
    [InlineData("no-such-route")]
    public async Task What_is_not_there_is_404_with_a_problem(string path)
    {
        using var answer = await program.Admin.GetAsync(new Uri(path, UriKind.Relative));

        await answer.ProblemAsync(HttpStatusCode.NotFound, "notFound");
    }

    [Fact]
    public async Task Another_method_or_another_media_type_is_refused_with_a_problem()
    {
        using var method = await program.Admin.DeleteAsync(new Uri("jobs", UriKind.Relative));
        using var media = await program.Admin.PostAsync(
            new Uri("jobs", UriKind.Relative),
            new StringContent("agent: synthetic")
        );

        await method.ProblemAsync(HttpStatusCode.MethodNotAllowed, "methodNotAllowed");
        await media.ProblemAsync(HttpStatusCode.UnsupportedMediaType, "mediaType");
    }
}
