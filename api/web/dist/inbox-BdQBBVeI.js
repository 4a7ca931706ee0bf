var e,t,n,r,i,a,o,s,c,l,u=Symbol.for(`pv`),d={},f=[],p=/^m(i|n|o|s|text|space)$/,m=Array.isArray,h=f.slice,g=Object.assign;function _(e){e&&e.parentNode&&e.remove()}function v(n,r,i,a,o){var s={type:n,props:r,key:i,ref:a,__k:null,__:null,__b:0,__e:null,__c:null,constructor:u,__v:o||++t,__i:-1,__u:0};return!o&&e.vnode&&e.vnode(s),s}function y(e){return e.children}function b(e,t){this.props=e,this.context=t,this.__g=0}function x(e,t){if(t==null)return e.__&&x(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return typeof e.type!=`function`||e.props.__P?null:x(e)}function S(t){var n,r=t.__v,i=r.__e,a=[],o=[],s=t.__P;s&&((n=g({constructor:u},r)).__v=r.__v+1,e.vnode&&e.vnode(n),M(s,n,r,t.__n,s.namespaceURI,32&r.__u?[i]:null,a,i||x(r),32&r.__u,o),n.__v=r.__v,n.__.__k[n.__i]=n,N(a,n,o),r.__=r.__e=null,n.__e!=i&&C(n))}function C(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),C(e)}function w(t){(8&t.__g||(t.__g|=8,n.push(t),i++))&&r==e.debounceRendering||((r=e.debounceRendering)||queueMicrotask)(T)}function T(){try{for(var e,t=1;n.length;)n.length>t&&n.sort(a),e=n.shift(),t=n.length,8&e.__g&&S(e)}finally{(i=n.length)&&(r||queueMicrotask)(T)}}function E(e,t,n,r,i,a,o,s,c,l,u){var p,m,h,g,_,v,y=r.__k||f,b=t.length;for(c=D(n,t,y,c,b),p=0;p<b;p++)(h=n.__k[p])!=null&&(m=~h.__i&&y[h.__i]||d,h.__i=p,v=M(e,h,m,i,a,o,s,c,l,u),g=h.__e,(m.ref!=h.ref||8&m.__u)&&(m.ref&&P(m.ref,null,h,m),h.ref&&u.push(h.ref,h.__c||g,h)),_||=g,4&h.__u?(c=O(h,c,e,!m.__v),m.__e&&(m.__e=null)):typeof h.type==`function`&&v!==void 0?c=v:g&&(c=g.nextSibling),h.__u&=-21);return n.__e=_,c}function D(e,t,n,r,i){var a,o,s,c,l,d,f,p,h,g=n.length,_=g,b=0,S=0,C=e.__k=Array(i);for(a=0;a<i;a++)(o=t[a])!=null&&typeof o!=`boolean`&&typeof o!=`function`?(typeof o!=`object`||o.constructor===String?o=C[a]=v(null,o):m(o)?o=C[a]=v(y,{children:o}):o.constructor===u&&o.__b?o=C[a]=v(o.type,o.props,o.key,o.ref,o.__v):C[a]=o,c=a+b,o.__=e,o.__b=e.__b+1,s=null,~(l=o.__i=k(o,n,c,_))&&(_--,(s=n[l])&&(s.__u|=2)),s&&s.__v?(o.__u|=16,l==c-1?b--:l==c+1?b++:l!=c&&(l>c?b--:b++,S=1)):(~l||(i>g?b--:i<g&&b++),typeof o.type!=`function`&&(o.__u|=4))):C[a]=null;if(S){for(d=[],f=[],a=0;a<i;a++)if((o=C[a])&&16&o.__u){for(b=0,p=d.length;b<p;)d[h=b+p>>1]<o.__i?b=h+1:p=h;d[b]=o.__i,f[a]=b+1}for(b=d.length;a--;)f[a]&&(f[a]==b?b--:C[a].__u|=4)}if(_)for(a=0;a<g;a++)!(s=n[a])||2&s.__u||(s.__e==r&&(r=x(s)),ie(s,s));return r}function O(e,t,n,r){var i,a,o,s;if(typeof e.type==`function`){if(e.props.__P)return t;if(i=e.__k)for(a=0;a<i.length;a++)i[a]&&(i[a].__=e,t=O(i[a],t,n,!1));return t}for(t&&!t.parentNode&&(t=x(e))&&!t.parentNode&&(t=null),o=e.__e,s=t;s&&s.nodeType==8;)s=s.nextSibling;for(o!=s&&(!r&&n.moveBefore&&o.parentNode?n.moveBefore(o,t):n.insertBefore(o,t||null)),t=o;(t&&=t.nextSibling)&&t.nodeType==8&&!t.data.startsWith(`$s`););return t}function k(e,t,n,r){var i,a=e.key,o=e.type,s=t[n],c=s&&!(2&s.__u);if(s===null&&a==null||c&&a==s.key&&o==s.type)return n;if(r>+!!c){for(i=n-1;i>=0;i--)if((s=t[i])&&!(2&s.__u)&&a==s.key&&o==s.type)return i;for(i=n+1;i<t.length;i++)if((s=t[i])&&!(2&s.__u)&&a==s.key&&o==s.type)return i}return-1}function A(e,t,n){n??=``,t[0]==`-`?e.setProperty(t,n):e[t]=n}function j(e,t,n,r,i){var a,o;if(t==`style`){if(typeof n==`string`)e.style.cssText=n;else{if(typeof r==`string`&&(e.style.cssText=r=``),r)for(t in r)n&&t in n||A(e.style,t);if(n)for(t in n)r&&n[t]==r[t]||A(e.style,t,n[t])}}else if(t[0]==`o`&&t[1]==`n`)typeof n!=`function`&&(n=null),typeof r!=`function`&&(r=null),(e.__e||={})[t]=n,n&&r||(o=l[t]||(l[t]=ee(t)),(e.__a||={})[t]=c,a=t!=(t=t.replace(s,`$1`)),(t=t.slice(2))[0]<`a`&&(t=t.toLowerCase()),n?e.addEventListener(t,o,a):e.removeEventListener(t,o,a));else{if(i==`http://www.w3.org/2000/svg`)t=t.replace(/xlink(H|:h)/,`h`).replace(/sName$/,`s`);else if(t!=`width`&&t!=`height`&&t!=`href`&&t!=`list`&&t!=`form`&&t!=`tabIndex`&&t!=`download`&&t!=`rowSpan`&&t!=`colSpan`&&t!=`role`&&t!=`popover`&&t in e)try{e[t]=n??``;return}catch{}if(typeof n==`function`)return;n==null||!1===n&&t[4]!=`-`?e.removeAttribute(t):e.setAttribute(t,t==`popover`&&n==1?``:n)}}function ee(t){return function(n){var r=this.__e;if(r){if(r=r[t],n[o]==null)n[o]=c++;else if(n[o]<this.__a[t])return;return r(e.event?e.event(n):n)}}}function M(t,n,r,i,a,o,s,c,l,d){var p,h,v,S,C,w,T,D,O,k,A,j,ee,M,N,P,F,I,L=n.type;if(n.constructor!==u)return null;128&r.__u&&(l=32&r.__u,p=r.__c.__z)&&(n.__u|=l,h=o=[],p.nodeType==8?c=te(p,o):o.push(p),c=o[0]||c),(p=e.__b)&&p(n);n:if(typeof L==`function`){v=s.length;try{if(D=n.props,O=(p=L.prototype)&&p.render,k=(p=L.contextType)&&i[p.__c],A=p?k?k.props.value:p.__:i,(S=r.__c)?(n.__c=S,2&S.__g&&(S.__g|=1)):(O?n.__c=S=new L(D,A):(n.__c=S=new b(D,A),S.constructor=L,S.render=ae),k&&k.sub(S),S.state||(S.state={}),S.__n=i,S.__g|=8,S.__h=[],S.__k=[]),O&&(S.__s||(S.__s=S.state),L.getDerivedStateFromProps&&(S.__s==S.state&&(S.__s=g({},S.__s)),g(S.__s,L.getDerivedStateFromProps(D,S.__s)))),C=S.props,w=S.state,S.__v=n,r.__c){if(D!==C&&O&&!L.getDerivedStateFromProps&&S.componentWillReceiveProps&&S.componentWillReceiveProps(D,A),n.__v==r.__v&&!(8&S.__g)||!(4&S.__g)&&S.shouldComponentUpdate&&!1===S.shouldComponentUpdate(D,S.__s,A)){n.__v!=r.__v&&(S.props=D,S.state=S.__s,S.__g&=-9),n.__e=r.__e,n.__k=r.__k,n.__k.some(function(e){e&&(e.__=n)}),f.push.apply(S.__h,S.__k),S.__k=[],S.__h.length&&s.push(S),c=x(r);break n}S.componentWillUpdate&&S.componentWillUpdate(D,S.__s,A),O&&S.componentDidUpdate&&S.__h.push(function(){S.componentDidUpdate(C,w,T)})}else O&&!L.getDerivedStateFromProps&&S.componentWillMount&&S.componentWillMount(),O&&S.componentDidMount&&S.__h.push(S.componentDidMount);S.context=A,S.props=D,S.__P=t,S.__g&=-5,j=e.__r,ee=O?25:0;do S.__g&=-9,j&&j(n),p=S.render(S.props,S.state=S.__s,S.context);while(8&S.__g&&++ee<25);O&&(f.push.apply(S.__h,S.__k),S.__k=[]),S.state=S.__s,S.getChildContext&&(i=g({},i,S.getChildContext())),O&&r.__c&&S.getSnapshotBeforeUpdate&&(T=S.getSnapshotBeforeUpdate(C,w)),M=p&&p.type===y&&p.key==null?p.props.children:p,D.__P&&(p=c,a=(t=D.__P).namespaceURI,l=o=null,r.props&&r.props.__P!=t&&(r.__k.some(function(e){e&&ie(e,e)}),r.__k=null),c=r.__k?x(r,0):null),c=E(t,m(M)?M:[M],n,r,i,a,o,s,c,l,d),D.__P&&(n.__e=null,c=p),n.__u&=-161,h&&h.some(_),S.__h.length&&s.push(S),1&S.__g&&(S.__g&=-4)}catch(t){if(s.length=v,n.__v=null,l||o){if(t&&t.then){if(n.__u|=128|l,o){for(~(F=o.indexOf(c||void 0))||(F=o.length);(I=o[F-1])&&I.nodeType==8;)F--;for(;F<o.length;F++)if(I=o[F]){if(o[F]=null,N){if(I==P)break}else{if(I.nodeType!=8)break;I.data.startsWith(`$s`)&&(P=te(N=I))}}}if(!N){for(;c&&c.nodeType==8&&c.nextSibling;)c=c.nextSibling;N=c}(p=te(N=n.__c.__z||(n.__c.__z=N)))?(n.__e=N,c=p):n.__e=c,c&&=c.nextSibling}else o&&o.some(_)}else n.__e=r.__e;n.__k||=r.__k||[],t&&t.then||ne(n),e.__e(t,n,r)}}else c=n.__e=re(r.__e,n,r,i,a,o,s,l,d,t);return(p=e.diffed)&&p(n),c}function te(e,t){if(e&&e.nodeType==8&&e.data.startsWith(`$s`))for(var n=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith(`$s`))n++;else if(e.data.startsWith(`/$s`)&&!--n)return e}t&&t.push(e)}}function ne(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(ne))}function N(t,n,r){for(var i=0;i<r.length;)P(r[i++],r[i++],r[i++]);e.__c&&e.__c(n,t),t.some(function(n){try{t=n.__h,n.__h=[],t.some(function(e){e.call(n)})}catch(t){e.__e(t,n.__v)}})}function re(t,n,r,i,a,o,s,c,l,u){var f,g,v,y,b,S,C,w,T=r.props||d,D=n.props,O=n.type;if(O==`svg`?a=`http://www.w3.org/2000/svg`:O==`math`?a=`http://www.w3.org/1998/Math/MathML`:a||=`http://www.w3.org/1999/xhtml`,o){for(f=0;f<o.length;f++)if((b=o[f])&&(O?b.localName==O:b.nodeType==3)){t=b,o[f]=null;break}}if(!t){if(w=u.ownerDocument||document,!O)return w.createTextNode(D);t=w.createElementNS(a,O,D.is?D:u),c&&=(e.__m&&e.__m(n,o),!1),o=null}if(O){if(u=O==`template`&&t.content||t,o=O==`textarea`&&D.defaultValue!=null?null:o&&h.call(u.childNodes),!c&&o)for(T={},f=0;f<t.attributes.length;f++)T[(b=t.attributes[f]).name]=b.value;for(f in T)b=T[f],f==`dangerouslySetInnerHTML`?v=b:f==`children`||f in D||f==`value`&&`defaultValue`in D||f==`checked`&&`defaultChecked`in D||j(t,f,null,b,a);for(f in D)b=D[f],f==`children`?y=b:f==`dangerouslySetInnerHTML`?g=b:f==`value`?S=b:f==`checked`?C=b:c&&typeof b!=`function`||T[f]===b||j(t,f,b,T[f],a);g?(c||v&&(g.__html==v.__html||g.__html==t.innerHTML)||(t.innerHTML=g.__html),n.__k=[]):(v&&(t.textContent=``),(O==`foreignObject`||a==`http://www.w3.org/1998/Math/MathML`&&p.test(O))&&(a=`http://www.w3.org/1999/xhtml`),E(u,m(y)?y:[y],n,r,i,a,o,s,o?o[0]:r.__k&&x(r,0),c,l),o&&o.some(_)),c&&O!=`textarea`||(f=`value`,O==`progress`&&S==null?t.removeAttribute(f):S==null||S===t[f]&&(O!=`progress`||S)||j(t,f,S,T[f],a),f=`checked`,C!=null&&C!=t[f]&&j(t,f,C,T[f],a))}else T===D||c&&t.data==D||(t.data=D);return t}function P(t,n,r,i){try{typeof t==`function`?n?n.__x=t(n)||1:(i&&=i.__c||i.__e)&&(n=i.__x)&&(i.__x=null,typeof n==`function`?n():t(null)):t.current=n}catch(t){e.__e(t,r)}}function ie(t,n,r){var i,a,o,s;if(e.unmount&&e.unmount(t),!(i=t.ref)||i.current&&i.current!=t.__e||P(i,null,n,t),i=t.__c){if(i.componentWillUnmount)try{i.componentWillUnmount()}catch(t){e.__e(t,n)}i.__P=i.__n=null}if(i=t.__k)for(s=0;s<i.length;s++)i[s]&&ie(i[s],n,typeof t.type!=`function`||r&&!t.props.__P);!r&&(i=t.__c)&&(i=i.__z)&&(a=te(i,o=[]))&&(i==t.__e&&o.some(_),_(a),_(i)),r||_(t.__e),t.__e=t.__c=t.__=null}function ae(e,t,n){return this.constructor(e,n)}function F(t,n){var r,i,a,o;e.__&&e.__(t,n),n.nodeType==9&&(n=n.documentElement),i=(r=t&&32&t.__u)?null:n.__k,n.__k=v(y,{children:[t]}),a=[],o=[],M(n,n.__k,i||d,d,n.namespaceURI,i?null:n.firstChild?h.call(n.childNodes):null,a,i?i.__e:n.firstChild,r,o),N(a,n.__k,o),n.__k.props.children=null}e={__e:function(e,t,n,r){for(var a,o,s;t=t.__;)if((a=t.__c)&&!(1&a.__g)){a.__g|=4;try{if((s=(o=a.constructor)&&o.getDerivedStateFromError)&&a.setState(o.getDerivedStateFromError(e)),a.componentDidCatch&&(a.componentDidCatch(e,r||{}),s=1),s&&8&a.__g)return void(a.__g|=2)}catch(t){e=t}}throw i=0,e}},t=0,b.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=g({},this.state)),typeof e==`function`&&(e=e(g({},n),this.props)),e&&(g(n,e),this.__v&&(t&&this.__k.push(t),w(this)))},b.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),w(this))},b.prototype.render=y,n=[],i=0,a=function(e,t){return e.__v.__b-t.__v.__b},o=Symbol(),s=/(PointerCapture)$|Capture$/i,c=0,l={};async function I(e){return typeof e==`string`?e:e.token()}var L=class extends Error{code;retryAfter;constructor(e,t,n=0){super(t),this.code=e,this.retryAfter=n}get passes(){return oe.has(this.code)}get refusesCredential(){return this.code===`UNAUTHENTICATED`}},oe=new Set([`NETWORK`,`UNAVAILABLE`,`TIMEOUT`,`INTERNAL`,`RATE_LIMITED`,`REQUEST_TIMEOUT`]),se=15e3;async function ce(e,t,n,r,i={}){let a=JSON.stringify({query:`${n}`,variables:r}),o=await I(t);try{return await le(e,o,a,i)}catch(n){if(typeof t==`string`||!(n instanceof L&&n.refusesCredential))throw n;t.drop(o);let r=await t.token();if(r!==o)return le(e,r,a,i);throw t.end(n.message),n}}async function le(e,t,n,r){let i=await ue(e,t,n,r),a=1e3*Number(i.headers.get(`retry-after`)??0)||0,o=await i.json().catch(()=>null),s=o?.errors?.[0];if(s)throw new L(s.extensions?.code??`INTERNAL`,s.message,a);if(!o?.data)throw new L(i.status<500?`BAD_REQUEST`:`UNAVAILABLE`,i.statusText,a);return o.data}async function ue(e,t,n,r){try{return await fetch(e,{method:`POST`,headers:{"content-type":`application/json`,accept:`application/graphql-response+json, application/json`,authorization:`Bearer ${t}`},body:n,credentials:`omit`,referrerPolicy:`no-referrer`,signal:AbortSignal.timeout(se),...r})}catch(e){throw new L(`NETWORK`,String(e))}}var R=class extends String{__apiType;value;__meta__;constructor(e,t){super(e),this.value=e,this.__meta__=t}toString(){return this.value}},de=new R(`
    query Team {
  me {
    id
    name
    availability
  }
}
    `),fe=new R(`
    query Inbox($view: InboxView!, $after: String) {
  inbox(view: $view, first: 50, after: $after) {
    totalCount
    streamCursor
    nodes {
      ...TicketRow
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  createdAt
  assignee {
    id
    name
  }
  conversation {
    id
    version
    displayName
    identityVerified
    channel
    lastMessageAt
    lastMessage {
      sequence
      text
      author {
        kind
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`),pe=new R(`
    subscription FollowInbox($view: InboxView!, $after: Cursor) {
  inbox(view: $view, after: $after) {
    __typename
    ... on StreamItem {
      cursor
    }
    ... on TicketAdded {
      ticket {
        ...TicketRow
      }
    }
    ... on TicketChanged {
      ticket {
        ...TicketRow
      }
    }
    ... on TicketRemoved {
      ticketId
    }
    ... on MessageAdded {
      message {
        sequence
        text
        author {
          kind
          name
        }
      }
      conversation {
        id
        version
        lastMessageAt
      }
    }
  }
}
    fragment TicketRow on Ticket {
  id
  state
  unread
  waitingSince
  createdAt
  assignee {
    id
    name
  }
  conversation {
    id
    version
    displayName
    identityVerified
    channel
    lastMessageAt
    lastMessage {
      sequence
      text
      author {
        kind
        name
      }
    }
    handoff {
      reason
      summary
    }
  }
}`),me=new R(`
    query Thread($id: ID!) {
  conversation(id: $id) {
    id
    version
    streamCursor
    drafts {
      epoch
      text
      writtenAt
    }
    messages(last: 100) {
      nodes {
        ...ThreadMessage
      }
      pageInfo {
        hasPreviousPage
      }
    }
  }
}
    fragment ThreadMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}`),he=new R(`
    subscription FollowThread($id: ID!, $after: Cursor) {
  conversation(id: $id, after: $after) {
    __typename
    ... on StreamItem {
      cursor
    }
    ... on MessageAdded {
      message {
        ...ThreadMessage
      }
    }
    ... on ConversationChanged {
      conversation {
        drafts {
          epoch
          text
          writtenAt
        }
      }
    }
    ... on TypingChanged {
      author {
        kind
        name
      }
      typing
      text
    }
  }
}
    fragment ThreadMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}`),ge=new R(`
    mutation SetAvailability($input: SetAvailabilityInput!) {
  setAvailability(input: $input) {
    staff {
      id
      name
      availability
    }
    errors {
      code
      message
    }
  }
}
    `),_e=new R(`
    mutation TakeTicket($input: TicketInput!) {
  takeTicket(input: $input) {
    errors {
      code
      message
    }
  }
}
    `),ve=new R(`
    mutation ReleaseTicket($input: TicketInput!) {
  releaseTicket(input: $input) {
    errors {
      code
      message
    }
  }
}
    `),ye=new R(`
    mutation ReturnToAgent($input: TicketInput!) {
  returnToAgent(input: $input) {
    errors {
      code
      message
    }
  }
}
    `),be=new R(`
    mutation CloseTicket($input: TicketInput!) {
  closeTicket(input: $input) {
    errors {
      code
      message
    }
  }
}
    `),xe=new R(`
    mutation MarkRead($input: TicketInput!) {
  markTicketRead(input: $input) {
    errors {
      code
      message
    }
  }
}
    `),Se=new R(`
    mutation Reply($input: ReplyToConversationInput!) {
  replyToConversation(input: $input) {
    message {
      ...ThreadMessage
    }
    errors {
      code
      message
      ... on StaleView {
        unseen {
          ...ThreadMessage
        }
      }
    }
  }
}
    fragment ThreadMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}`),Ce=new R(`
    mutation Note($input: AddNoteInput!) {
  addNote(input: $input) {
    message {
      ...ThreadMessage
    }
    errors {
      code
      message
    }
  }
}
    fragment ThreadMessage on Message {
  id
  sequence
  kind
  text
  sentAt
  author {
    kind
    name
  }
  attachments {
    id
    name
    contentType
    bytes
    url
  }
}`),we=new R(`
    mutation StaffTyping($input: SetTypingInput!) {
  setTyping(input: $input) {
    errors {
      code
      message
    }
  }
}
    `),Te=new R(`
    mutation SignOut {
  signOut(input: {}) {
    errors {
      message
    }
  }
}
    `),Ee=new URL(`/graphql`,location.href).href,De=`/sign-in/token`,Oe=`/sign-in/demo`,z=`baton:staff-key`,ke=6e4,Ae=15e3,je=class e{ended=()=>{};access={token:``,until:0};renewal=null;static async kept(){let t=new e;try{await t.token()}catch(e){if(!(e instanceof L&&e.passes))return null}return t}async token(){return Date.now()<this.access.until?this.access.token:(this.renewal??=this.renew().finally(()=>{this.renewal=null}),this.renewal)}drop(e){e===this.access.token&&(this.access={token:``,until:0})}end(e){this.ended(e)}async leave(){try{await ce(Ee,this,Te,{})}catch(e){if(!(e instanceof L&&e.refusesCredential))throw e}}async renew(){try{let e=await Ie(De,{method:`POST`}),{accessToken:t,expiresAt:n}=await e.json(),r=Date.parse(e.headers.get(`date`)??``)||Date.now();return this.access={token:t,until:Date.now()+Date.parse(n)-r-ke},t}catch(e){throw e instanceof L&&e.refusesCredential&&this.end(e.message),e}}},Me=class e{key;ended=()=>{};constructor(e){this.key=e}static kept(){let t=sessionStorage.getItem(z);return t?new e(t):null}async token(){return this.key}drop(){}end(e){sessionStorage.removeItem(z),this.ended(e)}keep(){sessionStorage.setItem(z,this.key)}async leave(){sessionStorage.removeItem(z)}};async function Ne(e){await Ie(Oe,{method:`POST`,headers:{"content-type":`application/json`},body:JSON.stringify({link:e})}),sessionStorage.removeItem(z)}async function Pe(){let{provider:e}=await(await Ie(Oe,{})).json();return e&&`${e}?return_to=${encodeURIComponent(location.pathname+location.search)}`}function Fe(){let e=/^#sign-in=([\w-]+)$/.exec(location.hash)?.[1]??null;return e&&history.replaceState(history.state,``,location.pathname+location.search),e}async function Ie(e,t){let n;try{n=await fetch(e,{credentials:`same-origin`,referrerPolicy:`no-referrer`,signal:AbortSignal.timeout(Ae),...t})}catch(e){throw new L(`NETWORK`,String(e))}if(n.ok)return n;let r=(await n.json().catch(()=>null))?.errors?.[0];throw new L(r?.extensions.code??(n.status<500?`BAD_REQUEST`:`UNAVAILABLE`),r?.message??n.statusText,1e3*Number(n.headers.get(`retry-after`)??0)||0)}var B,V,Le,Re,ze=Object.is,H=0,Be=[],Ve=[],U=e,He=U.__b,Ue=U.__r,We=U.diffed,Ge=U.__c,Ke=U.unmount,qe=U.__;function Je(e,t){U.__h&&U.__h(V,e,H||t),H=0;var n=V.__H||(V.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function W(e){return H=1,Ye(ot,e)}function Ye(e,t,n){var r=Je(B++,2);if(r.t=e,!r.__c&&(r.__=[n?n(t):ot(void 0,t),function(e){var t=(r.__N||r.__)[0],n=r.t(t,e);ze(t,n)||(r.__N=[n,r.__[1]],r.__c.setState({}))}],r.__c=V,!V.__f)){V.__f=!0;var i=V.shouldComponentUpdate;V.shouldComponentUpdate=function(e,t,n){var r=this.__H;if(!r)return!0;var a=!1,o=this.props!=e;if(r.__.some(function(e){e.__N&&(a=!0,ze(e.__[0],e.__N[0])||(o=!0))}),i){var s=i.call(this,e,t,n);return a?s||o:s}return!a||o}}return r.__}function Xe(e,t){var n=Je(B++,3);!U.__s&&at(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,V.__H.__h.push(n))}function Ze(e,t){var n=Je(B++,4);!U.__s&&at(n.__H,t)&&(n.__P=!1,n.__=e,n.u=t,V.__h.push(n))}function Qe(e){return H=5,$e(function(){return{current:e}},[])}function $e(e,t){var n=Je(B++,7);return at(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function et(){var e;do{for(;e=Ve.shift();)try{G(e)}catch(t){U.__e(t,{__:(e=e.__P)&&e.__v})}for(;e=Be.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(G),t.__h.some(it),t.__h=[]}catch(n){t.__h=[],U.__e(n,e.__v)}}}while(Ve.length)}U.__b=function(e){V=null,He&&He(e)},U.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),qe&&qe(e,t)},U.__r=function(e){Ue&&Ue(e),B=0;var t=(V=e.__c).__H;t&&(Le==V?V.__h=[]:(t.__h.some(G),t.__h.some(it),B=0),t.__h=[],t.__.some(function(e){e.__N&&(e.__=e.__N),e.u=e.__N=void 0})),Le=V},U.diffed=function(e){We&&We(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&rt(Be.push(t)),t.__H.__.some(function(e){e.u&&(e.__H=e.u)})),Le=V=null},U.__c=function(e,t){t.some(function(e){try{e.__h.some(G),e.__h=e.__h.filter(function(e){return!e.__||it(e)})}catch(t){e.__h=[function(){throw t}]}}),Ge&&Ge(e,t)},U.unmount=function(e){Ke&&Ke(e);var t,n,r=e.__c;r&&r.__H&&(r.__H.__.some(function(r){try{if(r.__P&&r.__c){if(n===void 0){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n&&=n.__c}r.__P=n,rt(Ve.push(r))}else G(r)}catch(e){t=e}}),r.__H=void 0,t&&U.__e(t,r.__v))};var tt=typeof requestAnimationFrame==`function`;function nt(e){var t,n=function(){clearTimeout(r),tt&&cancelAnimationFrame(t),setTimeout(e)},r=setTimeout(n,35);tt&&(t=requestAnimationFrame(n))}function rt(e){e!=1&&Re==U.requestAnimationFrame||((Re=U.requestAnimationFrame)||nt)(et)}function G(e){var t=V,n=e.__c;typeof n==`function`&&(e.__c=void 0,n()),V=t}function it(e){var t=V;e.__c=e.__(),V=t}function at(e,t){return!e||e.length!=t.length||t.some(function(t,n){return!ze(t,e[n])})}function ot(e,t){return typeof t==`function`?t(e):t}function K(e){return new Promise(t=>{let n=()=>{clearTimeout(i),removeEventListener(`online`,n),document.removeEventListener(`visibilitychange`,r),t()},r=()=>{document.hidden||n()},i=setTimeout(n,e);addEventListener(`online`,n),document.addEventListener(`visibilitychange`,r)})}function q(e){return Math.min(1e3*2**Math.min(e,10),3e4)*(.5+Math.random()/2)}var st=Symbol.for(`pv`),ct=0;Array.isArray;function J(t,n,r,i,a,o){n||={};var s,c,l=n;if(`ref`in l&&typeof t!=`function`)for(c in l={},n)c==`ref`?s=n[c]:l[c]=n[c];var u={type:t,props:l,key:r,ref:s,__k:null,__:null,__b:0,__e:null,__c:null,constructor:st,__v:--ct,__i:-1,__u:0};return(a||o)&&(u.__source=a,u.__self=o),e.vnode&&e.vnode(u),u}var lt=`Signing in …`,ut=`baton:sign-in-notice`;function dt({title:e,open:t,children:n}){let[r,i]=W(null),[a,o]=W({busy:lt,problem:ht()}),s=async e=>{for(let n=0;;n++)try{let n=await t(e);return e instanceof Me&&e.keep(),e.ended=mt,i({page:n,credential:e})}catch(e){if(!(e instanceof L&&e.passes))throw e;o(e=>({...e,busy:`No connection. Trying again.`})),await K(Math.max(e.retryAfter,q(n)))}},c=async e=>{o({busy:lt,problem:``});let t=new Me(e);await s(t).catch(async e=>{await t.leave(),o({busy:``,problem:gt(e)})})},l=async e=>{e.ended=()=>{};for(let t=0;;t++)try{return await e.leave(),location.reload()}catch(e){i(null),o({busy:`Signing out. No connection, trying again.`,problem:``}),await K(Math.max(e instanceof L?e.retryAfter:0,q(t)))}};if(Xe(()=>{ft(s).then(e=>e&&o(t=>({busy:``,...e,problem:e.problem||t.problem})))},[]),r)return J(y,{children:n(r.page,()=>void l(r.credential))});let{held:u,...d}=a;return J(pt,{title:e,...d,enter:e=>void c(e),leave:u&&(()=>void l(u))})}async function ft(e){let t=``,n=Fe();n&&await Ne(n).catch(e=>{t=gt(e)});for(let n of[Me.kept(),await je.kept()])try{if(!n)continue;return await e(n),null}catch(e){if(t||=gt(e),n instanceof je)return{problem:t,held:n};await n?.leave()}return{problem:t}}function pt({title:e,busy:t,problem:n,enter:r,leave:i}){let[a,o]=W(``),[s,c]=W(null),l=Qe(null);return Xe(()=>{Pe().then(c,()=>{})},[]),Xe(()=>{t||l.current?.focus()},[t]),t?J(`main`,{class:`door`,children:[J(`h1`,{children:e}),J(`p`,{role:`status`,children:t})]}):J(`main`,{class:`door card`,children:[J(`h1`,{children:e}),s&&J(`a`,{class:`button primary`,href:s,children:`Sign in with your company's account`}),J(`form`,{onSubmit:e=>{e.preventDefault(),a.trim()&&r(a.trim())},children:[J(`label`,{for:`key`,children:`Key of a member of staff`}),J(`input`,{ref:l,id:`key`,type:`password`,autocomplete:`off`,required:!0,value:a,onInput:e=>o(e.currentTarget.value),"aria-describedby":`help problem`}),J(`p`,{id:`problem`,role:`alert`,children:n}),J(`button`,{class:s?void 0:`primary`,children:`Sign in`})]}),i&&J(`button`,{type:`button`,class:`quiet`,onClick:i,children:`Sign out`}),J(`p`,{id:`help`,children:[`For the demo account: open the link that `,J(`code`,{children:`make run`}),` prints, or get a new one with `,J(`code`,{children:`.venv/bin/baton demo --link`}),`. Its key is `,J(`code`,{children:`ownerKey`}),` in `,J(`code`,{children:`.baton/credentials.json`}),`. A key stays in this tab.`]})]})}function mt(e){sessionStorage.setItem(ut,e),location.reload()}function ht(){let e=sessionStorage.getItem(ut)??``;return sessionStorage.removeItem(ut),e}function gt(e){return e instanceof Error?e.message:String(e)}var _t=/\[([^\]\n]{1,200})\]\(((?:https?:\/\/|mailto:|tel:)[^\s()<>]{1,2000})\)/,vt=/https?:\/\/[^\s<>"]{1,2000}|(?:mailto:|tel:)[^\s<>"]{1,300}/,yt=RegExp(`${_t.source}|${vt.source}`,`g`),bt=new RegExp(vt.source,`g`),xt=new Set([`http:`,`https:`,`mailto:`,`tel:`]),St=/[.,;:!?'"’”»)\]}]+$/;function Ct(e,t){let n=[],r=0;for(let i of e.matchAll(t?yt:bt)){let a=t&&i[2]!==void 0,o=a?i[0]:Tt(i[0]),s=wt(a?i[2]:o);if(!s)continue;i.index>r&&n.push({text:e.slice(r,i.index)});let c=a&&!/^\s*(?:https?:|www\.)/i.test(i[1])?i[1]:s;n.push({text:a?c:o,href:s}),r=i.index+o.length}return r<e.length&&n.push({text:e.slice(r)}),n}function wt(e){try{let t=new URL(e??``);return xt.has(t.protocol)&&!t.username?t.href:void 0}catch{return}}function Tt(e){let t=e.replace(St,``);for(;Et(t,`(`)>Et(t,`)`)&&e[t.length]===`)`;)t+=`)`;return t}function Et(e,t){return e.split(t).length-1}function Dt({text:e,labels:t=!1}){return J(`p`,{class:`text`,dir:`auto`,children:Ct(e,t).map(e=>e.href?J(`a`,{href:e.href,target:`_blank`,rel:`noopener noreferrer nofollow`,title:e.href,children:e.text}):e.text)})}function Ot({desk:e,state:t}){let{thread:n}=t,r=Qe(null);if(Ze(()=>{r.current?.scrollTo(0,r.current.scrollHeight)},[n?.messages,n?.typing]),!t.ticketId)return J(`section`,{class:`thread none`,children:J(`p`,{class:`empty`,children:`Choose a ticket.`})});let i=e.row;return J(`section`,{class:`thread`,"aria-label":`Conversation`,children:[J(`div`,{class:`bar`,children:[J(`button`,{class:`back`,type:`button`,onClick:()=>e.set({ticketId:null,thread:null}),children:`Back`}),J(`h2`,{dir:`auto`,children:i?.conversation.displayName??`This ticket is not open any more.`}),i&&J(kt,{desk:e,state:t})]}),i?.conversation.handoff?.summary&&J(`p`,{class:`summary`,dir:`auto`,children:i.conversation.handoff.summary}),J(`div`,{ref:r,class:`messages`,tabIndex:0,role:`log`,children:[n?.messages.map(e=>J(At,{message:e,fresh:n.unseen.includes(e)},e.sequence)),n?.drafts.map(e=>J(`article`,{class:`item draft`,children:[J(`h3`,{children:`The agent's draft, which was not shown`}),J(Dt,{text:e.text,labels:!0})]},e.writtenAt)),n?.typing&&J(`article`,{class:`item typing`,children:[J(`h3`,{dir:`auto`,children:[n.typing.name,` is writing`]}),n.typing.text&&J(Dt,{text:n.typing.text})]})]}),J(jt,{desk:e,state:t})]})}function kt({desk:e,state:t}){let n=e.row?.assignee?.id===t.me?.id;return J(`div`,{class:`actions`,children:[!n&&J(`button`,{class:`primary`,type:`button`,onClick:()=>void e.act(`take`),children:`Take`}),n&&J(`button`,{type:`button`,onClick:()=>void e.act(`release`),children:`Release`}),J(`button`,{type:`button`,onClick:()=>void e.act(`returnToAgent`),children:`Return to the agent`}),J(`button`,{type:`button`,onClick:()=>void e.act(`close`),children:`Close`})]})}function At({message:e,fresh:t}){let{author:n,kind:r}=e;return J(`article`,{class:`item ${r===`NOTE`?`note`:n.kind===`SHOPPER`?`theirs`:`ours`}${t?` fresh`:``}`,"data-sequence":e.sequence,children:[J(`h3`,{children:[J(`bdi`,{children:n.name}),r===`NOTE`&&` (note)`,` `,J(`time`,{dateTime:e.sentAt,children:It(e.sentAt)})]}),e.text&&J(Dt,{text:e.text,labels:n.kind!==`SHOPPER`}),e.attachments.map(({id:e,name:t,url:n})=>J(`p`,{children:n?J(`a`,{href:n,target:`_blank`,rel:`noopener noreferrer`,children:J(`bdi`,{children:t})}):J(`bdi`,{children:t})},e))]})}function jt({desk:e,state:t}){let[n,r]=W(``),[i,a]=W(!1),[o,s]=W(!1),c=async()=>{if(!n.trim()||o)return;s(!0);let t=await(i?e.note(n):e.reply(n));s(!1),t&&r(e=>e===n?``:e)},l=e=>{e.key===`Enter`&&(e.ctrlKey||e.metaKey)&&!e.isComposing&&(e.preventDefault(),c())},u=t=>{r(t),i||e.type(t.trim()!==``)},d=t.thread?.unseen.length??0;return J(`form`,{class:i?`writing note`:`writing`,onSubmit:e=>{e.preventDefault(),c()},children:[J(`p`,{role:`alert`,children:d?`The shopper wrote meanwhile. Your reply was not sent: read what is new, and send it again.`:t.trouble}),J(`textarea`,{rows:3,dir:`auto`,"aria-label":i?`Note`:`Reply`,placeholder:i?`A note for colleagues`:`A reply to the shopper`,value:n,onInput:e=>u(e.currentTarget.value),onKeyDown:l}),J(`div`,{children:[J(`label`,{children:[J(`input`,{type:`checkbox`,checked:i,onChange:e=>a(e.currentTarget.checked)}),` Note, which shoppers never see`]}),J(`button`,{class:`primary`,disabled:o,children:i?`Add the note`:`Send`})]})]})}var Mt=[[`ALL`,`All`],[`MINE`,`Mine`],[`UNASSIGNED`,`Unassigned`]];function Nt({desk:e,leave:t}){let n=Lt(e);return J(`main`,{class:n.ticketId?`desk reading`:`desk`,children:[J(`header`,{children:[J(`h1`,{children:`Inbox`}),J(`nav`,{"aria-label":`Views`,children:Mt.map(([t,r])=>J(`button`,{type:`button`,"aria-pressed":n.view===t,onClick:()=>void e.show(t),children:r},t))}),J(`p`,{role:`status`,children:n.live?`Open tickets: ${n.total}`:`No connection. Trying again.`}),J(`p`,{class:`me`,dir:`auto`,children:n.me?.name}),J(`label`,{children:[J(`input`,{type:`checkbox`,checked:n.me?.availability===`ONLINE`,onChange:t=>void e.setAvailable(t.currentTarget.checked)}),` Available`]}),J(`button`,{type:`button`,onClick:t,children:`Sign out`})]}),J(Pt,{desk:e,state:n}),J(Ot,{desk:e,state:n},n.ticketId??``)]})}function Pt({desk:e,state:t}){return J(`section`,{class:`list`,"aria-label":`Tickets`,children:[J(`ul`,{children:t.rows.map(n=>J(`li`,{children:J(`button`,{type:`button`,"aria-current":n.id===t.ticketId,onClick:()=>void e.open(n),children:J(Ft,{row:n})})},n.id))}),!t.rows.length&&J(`p`,{class:`empty`,children:`No open ticket.`}),t.more&&J(`button`,{type:`button`,onClick:()=>void e.loadMore().catch(()=>{}),children:`Show more`})]})}function Ft({row:e}){let{conversation:t,assignee:n,unread:r}=e;return J(y,{children:[J(`span`,{class:`who`,children:[J(`bdi`,{children:t.displayName}),r&&J(`b`,{class:`unread`,children:`unread`})]}),J(`span`,{class:`last`,dir:`auto`,children:t.lastMessage?.text??``}),J(`span`,{class:`meta`,children:[t.channel.replace(`_`,` `).toLowerCase(),` · `,n?J(`bdi`,{children:n.name}):`unassigned`,` · `,It(t.lastMessageAt)]})]})}function It(e){let t=new Date(e),n=t.toDateString()===new Date().toDateString();return t.toLocaleString(void 0,{...!n&&{day:`numeric`,month:`short`},hour:`numeric`,minute:`2-digit`})}function Lt(e){let[t,n]=W(e.state);return Xe(()=>{e.changed=()=>n(e.state),e.changed()},[e]),t}function Y(e){return e===null?`null`:Array.isArray(e)?`array`:typeof e}function X(e){return Y(e)===`object`}function Rt(e){return Array.isArray(e)&&e.length>0&&e.every(e=>`message`in e)}function zt(e,t){return e.length<124?e:t}var Z=(e=>(e[e.InternalServerError=4500]=`InternalServerError`,e[e.InternalClientError=4005]=`InternalClientError`,e[e.BadRequest=4400]=`BadRequest`,e[e.BadResponse=4004]=`BadResponse`,e[e.Unauthorized=4401]=`Unauthorized`,e[e.Forbidden=4403]=`Forbidden`,e[e.SubprotocolNotAcceptable=4406]=`SubprotocolNotAcceptable`,e[e.ConnectionInitialisationTimeout=4408]=`ConnectionInitialisationTimeout`,e[e.ConnectionAcknowledgementTimeout=4504]=`ConnectionAcknowledgementTimeout`,e[e.SubscriberAlreadyExists=4409]=`SubscriberAlreadyExists`,e[e.TooManyInitialisationRequests=4429]=`TooManyInitialisationRequests`,e))(Z||{}),Q=(e=>(e.ConnectionInit=`connection_init`,e.ConnectionAck=`connection_ack`,e.Ping=`ping`,e.Pong=`pong`,e.Subscribe=`subscribe`,e.Next=`next`,e.Error=`error`,e.Complete=`complete`,e))(Q||{});function Bt(e){if(!X(e))throw Error(`Message is expected to be an object, but got ${Y(e)}`);if(!e.type)throw Error(`Message is missing the 'type' property`);if(typeof e.type!=`string`)throw Error(`Message is expects the 'type' property to be a string, but got ${Y(e.type)}`);switch(e.type){case`connection_init`:case`connection_ack`:case`ping`:case`pong`:if(e.payload!=null&&!X(e.payload))throw Error(`"${e.type}" message expects the 'payload' property to be an object or nullish or missing, but got "${e.payload}"`);break;case`subscribe`:if(typeof e.id!=`string`)throw Error(`"${e.type}" message expects the 'id' property to be a string, but got ${Y(e.id)}`);if(!e.id)throw Error(`"${e.type}" message requires a non-empty 'id' property`);if(!X(e.payload))throw Error(`"${e.type}" message expects the 'payload' property to be an object, but got ${Y(e.payload)}`);if(typeof e.payload.query!=`string`)throw Error(`"${e.type}" message payload expects the 'query' property to be a string, but got ${Y(e.payload.query)}`);if(e.payload.variables!=null&&!X(e.payload.variables))throw Error(`"${e.type}" message payload expects the 'variables' property to be a an object or nullish or missing, but got ${Y(e.payload.variables)}`);if(e.payload.operationName!=null&&Y(e.payload.operationName)!==`string`)throw Error(`"${e.type}" message payload expects the 'operationName' property to be a string or nullish or missing, but got ${Y(e.payload.operationName)}`);if(e.payload.extensions!=null&&!X(e.payload.extensions))throw Error(`"${e.type}" message payload expects the 'extensions' property to be a an object or nullish or missing, but got ${Y(e.payload.extensions)}`);break;case`next`:if(typeof e.id!=`string`)throw Error(`"${e.type}" message expects the 'id' property to be a string, but got ${Y(e.id)}`);if(!e.id)throw Error(`"${e.type}" message requires a non-empty 'id' property`);if(!X(e.payload))throw Error(`"${e.type}" message expects the 'payload' property to be an object, but got ${Y(e.payload)}`);break;case`error`:if(typeof e.id!=`string`)throw Error(`"${e.type}" message expects the 'id' property to be a string, but got ${Y(e.id)}`);if(!e.id)throw Error(`"${e.type}" message requires a non-empty 'id' property`);if(!Rt(e.payload))throw Error(`"${e.type}" message expects the 'payload' property to be an array of GraphQL errors, but got ${JSON.stringify(e.payload)}`);break;case`complete`:if(typeof e.id!=`string`)throw Error(`"${e.type}" message expects the 'id' property to be a string, but got ${Y(e.id)}`);if(!e.id)throw Error(`"${e.type}" message requires a non-empty 'id' property`);break;default:throw Error(`Invalid message 'type' property "${e.type}"`)}return e}function Vt(e,t){return Bt(typeof e==`string`?JSON.parse(e,t):e)}function $(e,t){return Bt(e),JSON.stringify(e,t)}function Ht(e){let{url:t,connectionParams:n,lazy:r=!0,onNonLazyError:i=console.error,lazyCloseTimeout:a=0,keepAlive:o=0,disablePong:s,connectionAckWaitTimeout:c=0,retryAttempts:l=5,retryWait:u=async function(e){let t=2**e;await new Promise(e=>setTimeout(e,t*1e3+Math.floor(Math.random()*2700+300)))},shouldRetry:d=Wt,on:f,webSocketImpl:p,generateID:m=function(){return`xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx`.replace(/[xy]/g,e=>{let t=Math.random()*16|0;return(e==`x`?t:t&3|8).toString(16)})},jsonMessageReplacer:h,jsonMessageReviver:g}=e,_;if(p){if(!Kt(p))throw Error(`Invalid WebSocket implementation provided`);_=p}else typeof WebSocket<`u`?_=WebSocket:typeof global<`u`?_=global.WebSocket||global.MozWebSocket:typeof window<`u`&&(_=window.WebSocket||window.MozWebSocket);if(!_)throw Error("WebSocket implementation missing; on Node you can `import WebSocket from 'ws';` and pass `webSocketImpl: WebSocket` to `createClient`");let v=_,y=(()=>{let e=(()=>{let e={};return{on(t,n){return e[t]=n,()=>{delete e[t]}},emit(t){`id`in t&&e[t.id]?.(t)}}})(),t={connecting:f?.connecting?[f.connecting]:[],opened:f?.opened?[f.opened]:[],connected:f?.connected?[f.connected]:[],ping:f?.ping?[f.ping]:[],pong:f?.pong?[f.pong]:[],message:f?.message?[e.emit,f.message]:[e.emit],closed:f?.closed?[f.closed]:[],error:f?.error?[f.error]:[]};return{onMessage:e.on,on(e,n){let r=t[e];return r.push(n),()=>{let e=r.indexOf(n);e>-1&&r.splice(e,1)}},emit(e,...n){for(let r of[...t[e]])r(...n)}}})();function b(e){let t=[y.on(`error`,n=>{t.forEach(e=>e()),e(n)}),y.on(`closed`,n=>{t.forEach(e=>e()),e(n)})];return()=>t.forEach(e=>e())}let x,S=0,C,w=!1,T=0,E=!1;async function D(){clearTimeout(C);let[e,r]=await(x??=new Promise((e,r)=>(async()=>{if(w){if(await u(T),!S)return x=void 0,r({code:1e3,reason:`All Subscriptions Gone`});T++}y.emit(`connecting`,w);let i=new v(typeof t==`function`?await t():t,`graphql-transport-ws`),a,l;function d(){isFinite(o)&&o>0&&(clearTimeout(l),l=setTimeout(()=>{i.readyState===v.OPEN&&(i.send($({type:Q.Ping})),y.emit(`ping`,!1,void 0))},o))}b(e=>{x=void 0,clearTimeout(a),clearTimeout(l),r(e),e instanceof Ut&&(i.close(4499,`Terminated`),i.onerror=null,i.onclose=null)}),i.onerror=e=>y.emit(`error`,e),i.onclose=e=>y.emit(`closed`,e),i.onopen=async()=>{try{y.emit(`opened`,i);let e=typeof n==`function`?await n():n;if(i.readyState!==v.OPEN)return;i.send($(e?{type:Q.ConnectionInit,payload:e}:{type:Q.ConnectionInit},h)),isFinite(c)&&c>0&&(a=setTimeout(()=>{i.close(Z.ConnectionAcknowledgementTimeout,`Connection acknowledgement timeout`)},c)),d()}catch(e){y.emit(`error`,e),i.close(Z.InternalClientError,zt(e instanceof Error?e.message:String(e),`Internal client error`))}};let f=!1;i.onmessage=({data:t})=>{try{let n=Vt(t,g);if(y.emit(`message`,n),n.type===`ping`||n.type===`pong`){y.emit(n.type,!0,n.payload),n.type===`pong`?d():s||(i.send($(n.payload?{type:Q.Pong,payload:n.payload}:{type:Q.Pong},h)),y.emit(`pong`,!1,n.payload));return}if(f)return;if(n.type!==Q.ConnectionAck)throw Error(`First message cannot be of type ${n.type}`);clearTimeout(a),f=!0,y.emit(`connected`,i,n.payload,w),w=!1,T=0;let r=new Promise((e,t)=>b(t));r.catch(()=>{}),e([i,r])}catch(e){i.onmessage=null,y.emit(`error`,e),i.close(Z.BadResponse,zt(e instanceof Error?e.message:String(e),`Bad response`))}}})()));e.readyState===v.CLOSING&&await r;let i=()=>{},l=new Promise(e=>i=e);return[e,i,new Promise((t,n)=>{let i=b(n);e.readyState!==v.OPEN&&r.catch(n),l.then(()=>{if(i(),!S){let t=()=>e.close(1e3,`Normal Closure`);isFinite(a)&&a>0?(clearTimeout(C),C=setTimeout(()=>{!S&&e.readyState===v.OPEN&&t()},a)):t()}t()})})]}function O(e){if(Wt(e)&&(Gt(e.code)||[Z.InternalServerError,Z.InternalClientError,Z.BadRequest,Z.BadResponse,Z.Unauthorized,Z.SubprotocolNotAcceptable,Z.SubscriberAlreadyExists,Z.TooManyInitialisationRequests].includes(e.code)))throw e;if(E)return!1;if(Wt(e)&&e.code===1e3)return S>0;if(!l||T>=l||!d(e))throw e;return w=!0}r||(async()=>{for(S++;;)try{let[,,e]=await D();await e}catch(e){try{if(!O(e))return}catch(e){return i?.(e)}}})();function k(e,t){let n=m(e),r=!1,i=!1,a=()=>{S--,r=!0};return(async()=>{for(S++;;)try{let[o,s,c]=await D();if(r)return c.catch(()=>{}),s();let l=y.onMessage(n,e=>{switch(e.type){case Q.Next:t.next(e.payload);return;case Q.Error:i=!0,r=!0,t.error(e.payload),a();return;case Q.Complete:r=!0,a();return}});o.send($({id:n,type:Q.Subscribe,payload:e},h)),a=()=>{!r&&o.readyState===v.OPEN&&o.send($({id:n,type:Q.Complete},h)),S--,r=!0,s()},await c.finally(l);return}catch(e){if(!O(e))return}})().then(()=>{i||t.complete()}).catch(e=>{t.error(e)}),()=>{r||a()}}return{on:y.on,subscribe:k,iterate(e){let t=[],n={done:!1,error:null,resolve:()=>{}},r=k(e,{next(e){t.push(e),n.resolve()},error(e){n.done=!0,n.error=e,n.resolve()},complete(){n.done=!0,n.resolve()}}),i=async function*(){for(;;){for(t.length||await new Promise(e=>n.resolve=e);t.length;)yield t.shift();if(n.error)throw n.error;if(n.done)return}}();return i.throw=async e=>(n.done||(n.done=!0,n.error=e,n.resolve()),{done:!0,value:void 0}),i.return=async()=>(r(),{done:!0,value:void 0}),i},async dispose(){if(E=!0,x){let[e]=await x;e.close(1e3,`Normal Closure`)}},terminate(){x&&y.emit(`closed`,new Ut)}}}var Ut=class extends Error{name=`TerminatedCloseEvent`;message=`4499: Terminated`;code=4499;reason=`Terminated`;wasClean=!1};function Wt(e){return X(e)&&`code`in e&&`reason`in e}function Gt(e){return![1e3,1001,1006,1005,1012,1013,1014].includes(e)&&e>=1e3&&e<=1999}function Kt(e){return typeof e==`function`&&`constructor`in e&&`CLOSED`in e&&`CLOSING`in e&&`CONNECTING`in e&&`OPEN`in e}var qt=12e3,Jt=8e3;function Yt(e,t,n,r,i){let a,o,s=Date.now(),c=``,l=!1,u=Ht({url:e.replace(/^http/,`ws`),connectionParams:async()=>(c=await I(t),{authorization:`Bearer ${c}`,resume:a}),shouldRetry:()=>!0,retryAttempts:1/0,retryWait:e=>K(q(e)),keepAlive:qt,connectionAckWaitTimeout:qt,on:{connected:()=>i.connected(!0),closed:e=>{clearTimeout(o),l||(i.connected(!1),e.code===4403&&(typeof t!=`string`&&t.drop(c),i.refused()))},message:e=>{s=Date.now(),e.type===`next`&&(a=Xt(e.payload.extensions)??a)},ping:(e,t)=>{e?a=t?.cursor??a:o=setTimeout(()=>u.terminate(),Jt)},pong:e=>{e&&clearTimeout(o)}}}),d=u.subscribe({query:`${n}`,variables:r},{next:({data:e,errors:t})=>{e?i.next(e):i.failed(t)},error:e=>{l||i.failed(e)},complete:()=>{}}),f=()=>{!window.document.hidden&&Date.now()-s>2e4&&u.terminate()};return addEventListener(`online`,f),window.document.addEventListener(`visibilitychange`,f),()=>{l=!0,removeEventListener(`online`,f),window.document.removeEventListener(`visibilitychange`,f),clearTimeout(o),d(),u.dispose()}}function Xt(e){return e?.stream?.cursor}function Zt(){return Array.from(crypto.getRandomValues(new Uint8Array(16)),e=>e.toString(16).padStart(2,`0`)).join(``)}var Qt={me:null,view:`ALL`,rows:[],total:0,more:null,ticketId:null,thread:null,live:!0,trouble:null};function $t(e,t){switch(t.__typename){case`TicketAdded`:case`TicketChanged`:return en(e,t.ticket);case`TicketRemoved`:return tn(e,t.ticketId);case`MessageAdded`:return{...e,rows:e.rows.map(e=>nn(e,t))};default:return e}}function en(e,t){let n=e.rows.filter(({id:e})=>e!==t.id),r=n.length===e.rows.length?e.total+1:e.total;return{...e,total:r,rows:[...n,t].sort(rn)}}function tn(e,t){let n=e.rows.filter(e=>e.id!==t);return{...e,rows:n,total:e.total-(e.rows.length-n.length)}}function nn(e,{message:t,conversation:n}){let{id:r,version:i,lastMessageAt:a}=n;return e.conversation.id!==r||e.conversation.version>i?e:{...e,conversation:{...e.conversation,version:i,lastMessageAt:a,lastMessage:t}}}function rn(e,t){return t.createdAt.localeCompare(e.createdAt)||t.id.localeCompare(e.id)}function an(e,t){switch(t.__typename){case`MessageAdded`:return{...on(e,[t.message]),typing:null};case`ConversationChanged`:return{...e,drafts:t.conversation.drafts};case`TypingChanged`:return t.author.kind===`HUMAN_AGENT`?e:{...e,typing:t.typing?{name:t.author.name,text:t.text}:null};default:return e}}function on(e,t){let n=new Map(e.messages.map(e=>[e.sequence,e]));for(let e of t)n.set(e.sequence,e);return{...e,messages:[...n.values()].sort((e,t)=>e.sequence-t.sequence)}}var sn=3e3,cn=7e3,ln={take:_e,release:ve,returnToAgent:ye,close:be},un=class{endpoint;key;state=Qt;changed=()=>{};endList=null;endThread=null;typedAt=0;typingEnds;constructor(e,t){this.endpoint=e,this.key=t}set(e){this.state={...this.state,...e},this.changed()}get row(){return this.state.rows.find(({id:e})=>e===this.state.ticketId)}async start(){let{me:e}=await this.ask(de,{});if(!e)throw new L(`FORBIDDEN`,`This key belongs to no member of staff.`);await this.load(`ALL`),this.set({me:e})}async setAvailable(e){let t={availability:e?`ONLINE`:`AWAY`};await this.again(async()=>{let{staff:e,errors:n}=(await this.ask(ge,{input:t})).setAvailability;this.set({...e&&{me:e},trouble:n[0]?.message??null})},()=>!0)}async show(e){this.endList?.(),this.endList=null,this.set({view:e,rows:[],total:0,more:null}),await this.again(()=>this.load(e),()=>this.state.view===e)}async load(e){let{inbox:t}=await this.ask(fe,{view:e});if(!t)throw new L(`FORBIDDEN`,`This key may not read the inbox.`);if(this.state.view!==e)return;let{nodes:n,totalCount:r,streamCursor:i,pageInfo:a}=t;this.set({rows:n,total:r,more:a.hasNextPage?a.endCursor:null,live:!0}),this.endList?.();let o=()=>{this.state.view===e&&this.show(e)};this.endList=Yt(this.endpoint,this.key,pe,{view:e,after:i},{next:({inbox:e})=>{e?.__typename===`StreamReset`?o():e&&this.set($t(this.state,e))},connected:e=>this.set({live:e}),refused:()=>void K(q(0)).then(o),failed:()=>void K(q(0)).then(o)})}async loadMore(){let{view:e,more:t}=this.state;if(!t)return;let{inbox:n}=await this.ask(fe,{view:e,after:t});if(!n||this.state.view!==e||this.state.more!==t)return;let r=new Set(this.state.rows.map(({id:e})=>e)),i=[...this.state.rows,...n.nodes.filter(({id:e})=>!r.has(e))];this.set({rows:i,more:n.pageInfo.hasNextPage?n.pageInfo.endCursor:null})}async open(e){this.endThread?.(),this.endThread=null,this.set({ticketId:e.id,thread:null,trouble:null}),await this.again(()=>this.loadThread(e),()=>this.state.ticketId===e.id)}async loadThread(e){let{conversation:t}=await this.ask(me,{id:e.conversation.id});if(!t||this.state.ticketId!==e.id)return;let{id:n,messages:{nodes:r},drafts:i,streamCursor:a}=t;this.set({thread:{conversationId:n,messages:r,drafts:i,typing:null,unseen:[]}});let o=()=>{this.state.ticketId===e.id&&this.open(e)};this.endThread?.(),this.endThread=Yt(this.endpoint,this.key,he,{id:n,after:a},{next:({conversation:e})=>{e?.__typename===`StreamReset`?o():e&&this.state.thread?.conversationId===n&&this.take(an(this.state.thread,e)),e?.__typename===`MessageAdded`&&e.message.author.kind===`SHOPPER`&&this.read()},connected:e=>this.set({live:e}),refused:()=>void K(q(0)).then(o),failed:()=>void K(q(0)).then(o)}),e.unread&&this.read()}take(e){clearTimeout(this.typingEnds),e.typing&&(this.typingEnds=setTimeout(()=>this.state.thread&&this.set({thread:{...this.state.thread,typing:null}}),cn)),this.set({thread:e})}read(){let{row:e,state:{me:t}}=this;e?.assignee&&e.assignee.id===t?.id&&!document.hidden&&this.run(xe,e.id)}async act(e){let{ticketId:t}=this.state;t&&(await this.run(ln[e],t),e===`take`&&!this.state.trouble&&await this.run(xe,t))}async reply(e){let{thread:t}=this.state;if(!t)return!1;let n=t.messages.at(-1)?.sequence??0,r={conversationId:t.conversationId,text:e,lastSeenSequence:n,idempotencyKey:Zt()};return this.sent(async()=>(await this.ask(Se,{input:r})).replyToConversation)}async note(e){let{thread:t}=this.state;if(!t)return!1;let n={conversationId:t.conversationId,text:e,idempotencyKey:Zt()};return this.sent(async()=>(await this.ask(Ce,{input:n})).addNote)}type(e){let{thread:t}=this.state;if(!t||(e?Date.now()-this.typedAt<sn:this.typedAt===0))return;this.typedAt=e?Date.now():0;let n={conversationId:t.conversationId,typing:e};this.ask(we,{input:n}).catch(()=>{})}async sent(e){this.set({trouble:null});let{thread:t}=this.state,n=!1;return await this.again(async()=>{let{message:r,errors:i}=await e();n=r!==null;let[a]=i,o=a?.unseen??[];if(this.state.thread?.conversationId!==t?.conversationId)return;let s=on(this.state.thread,r?[r]:o);this.set({thread:{...s,unseen:o},trouble:a&&!o.length?a.message:null}),this.typedAt=0},()=>!0),n}async run(e,t){let n={ticketId:t,idempotencyKey:Zt()};await this.again(async()=>{let t=await this.ask(e,{input:n}),[r]=Object.values(t);this.set({trouble:r.errors[0]?.message??null})},()=>!0)}async again(e,t){for(let n=0;t();n++)try{return await e()}catch(e){if(!(e instanceof L)||!e.passes)return this.set({trouble:String(e)});this.set({live:!1}),await K(Math.max(e.retryAfter,q(n)))}}ask(e,t){return ce(this.endpoint,this.key,e,t)}};async function dn(e){let t=new un(Ee,e);return await t.start(),t}F(J(dt,{title:`Inbox`,open:dn,children:(e,t)=>J(Nt,{desk:e,leave:t})}),document.getElementById(`page`));