/* A real OpenID Connect provider for the tests: node provider.mjs PORT REDIRECT_URI. Whoever signs in as NAME gets
 * the resident number that stands behind the first hyphen of the name, without its hyphen, and the date of birth behind
 * the second: "mina-9001012345678", "mina-9001012345678-1990-01-01". */
import Provider from "oidc-provider";

const [port, redirectUri] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "hwabaek",
      client_secret: "only-for-tests-0123456789-abcdefgh",
      redirect_uris: [redirectUri],
      response_types: ["code"],
      grant_types: ["authorization_code"],
    },
  ],
  claims: { openid: ["sub", "resident_number"], profile: ["name", "birthdate"] },
  cookies: { keys: ["only-for-tests"] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  findAccount(_context, id) {
    const [, number, ...day] = id.split("-");
    const birthdate = day.join("-");
    return {
      accountId: id,
      claims: () => ({
        sub: id,
        name: id,
        ...(number ? { resident_number: number } : {}),
        ...(birthdate ? { birthdate } : {}),
      }),
    };
  },
});

provider.listen(Number(port), "127.0.0.1", () => console.log(`ready ${issuer}`));
